"""Events of entities (payments of a card, logins of an account): what went before each, without a look ahead."""
