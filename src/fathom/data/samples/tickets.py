"""Letters to a made-up shop's help desk, in English and Korean: what each is about, one thing or several."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl

ROWS = 600
TOPICS = ("delivery", "billing", "damage", "return", "account", "praise")
SHARES = (0.34, 0.26, 0.24, 0.22, 0.16, 0.14)
ENGLISH = {
    "delivery": (
        "my parcel still has not arrived",
        "the courier left it at the wrong door",
        "tracking has shown nothing since {day}",
        "the delivery came four days late",
        "it was sent to my old address",
    ),
    "billing": (
        "I was charged twice for one order",
        "the invoice shows {amount} too much",
        "my voucher was not taken off the total",
        "a payment appears that I never made",
        "please correct the bill from {day}",
    ),
    "damage": (
        "the screen was cracked when I opened it",
        "one corner is dented and the lid will not close",
        "it stopped working after a single day",
        "half of the glasses were broken",
        "the zip tore the first time I used it",
    ),
    "return": (
        "how do I send it back",
        "I would like to return the shoes",
        "please exchange it for a larger one",
        "I want my {amount} refunded",
        "where is the label for sending it back",
    ),
    "account": (
        "I can no longer log in",
        "the reset link for my password never comes",
        "please change the e-mail on my account",
        "close my account and delete my data",
        "my profile shows the name of somebody else",
    ),
    "praise": (
        "your colleague on the phone was wonderful",
        "thank you for the quick help last time",
        "the quality is better than I had hoped",
        "I will gladly order again",
        "lovely packaging, by the way",
    ),
}
KOREAN = {
    "delivery": (
        "택배가 아직도 도착하지 않았어요",
        "기사님이 다른 집 앞에 두고 가셨습니다",
        "{day}부터 배송 조회가 멈춰 있어요",
        "배송이 나흘이나 늦었습니다",
        "예전 주소로 보내셨더라고요",
    ),
    "billing": (
        "결제가 두 번 되었습니다",
        "청구서에 {amount} 더 나왔어요",
        "쿠폰 할인이 적용되지 않았습니다",
        "제가 하지 않은 결제가 보입니다",
        "{day} 청구 내역을 고쳐 주세요",
    ),
    "damage": (
        "열어 보니 화면이 깨져 있었어요",
        "모서리가 찌그러져 뚜껑이 닫히지 않습니다",
        "하루 만에 고장 났습니다",
        "유리잔 절반이 부서져 왔어요",
        "지퍼가 처음부터 뜯어졌습니다",
    ),
    "return": (
        "반품은 어떻게 하나요",
        "신발을 돌려보내고 싶습니다",
        "더 큰 치수로 교환해 주세요",
        "{amount} 환불해 주세요",
        "반송 라벨은 어디에 있나요",
    ),
    "account": (
        "로그인이 되지 않습니다",
        "비밀번호 재설정 메일이 오지 않아요",
        "계정 이메일을 바꿔 주세요",
        "탈퇴하고 제 정보를 지워 주세요",
        "제 계정에 다른 사람 이름이 보여요",
    ),
    "praise": (
        "상담원분이 정말 친절하셨어요",
        "지난번에 빨리 도와주셔서 감사합니다",
        "품질이 기대보다 훨씬 좋아요",
        "다음에도 꼭 주문할게요",
        "포장도 참 예쁘네요",
    ),
}
FILLERS = {
    "en": ("Hello", "Good morning", "My order number is {number}", "Please write back soon", "I live in Leeds"),
    "ko": ("안녕하세요", "수고 많으십니다", "주문 번호는 {number}입니다", "빠른 답변 부탁드려요", "저는 대전에 삽니다"),
}
FORGOTTEN = 0.04  # of the topics: whoever sorted the letters overlooked them
MONTHS = ("March", "April", "May", "June")


def tickets() -> pl.DataFrame:
    """600 letters; `topics` is what they are about, a list of none to three. Always the same ones.

    >>> tickets()["topics"].list.len().max()
    3
    """
    chance = np.random.default_rng(20_250_911)
    rows = [_ticket(chance) for _ in range(ROWS)]
    start = datetime.date(2024, 3, 1)
    days = np.sort(chance.integers(0, 500, ROWS))
    return pl.DataFrame(
        {
            "letter": [letter for letter, _ in rows],
            "channel": chance.choice(["mail", "chat", "form"], ROWS, p=(0.5, 0.3, 0.2)).tolist(),
            "written": [start + datetime.timedelta(days=int(day)) for day in days],
            "topics": pl.Series([topics for _, topics in rows], dtype=pl.List(pl.String)),
        }
    )


def _ticket(chance: np.random.Generator) -> tuple[str, list[str]]:
    """A letter and its topics."""
    korean = chance.random() < 0.5
    language, said = ("ko", KOREAN) if korean else ("en", ENGLISH)
    topics = [topic for topic, share in zip(TOPICS, SHARES, strict=True) if chance.random() < share][:3]
    sentences = [str(chance.choice(said[topic])) for topic in topics]
    sentences += chance.choice(FILLERS[language], chance.integers(1, 3), replace=False).tolist()
    chance.shuffle(sentences)
    values = {
        "number": f"{chance.integers(10_000, 99_999)}",
        "amount": f"{chance.integers(2, 90):,}000원" if korean else f"{chance.integers(3, 120)} pounds",
        "day": f"{chance.integers(3, 7)}월 {chance.integers(1, 29)}일"
        if korean
        else f"{chance.choice(MONTHS)} {chance.integers(1, 29)}",
    }
    letter = " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences).format(**values)
    return _slip(letter, chance), [topic for topic in topics if chance.random() > FORGOTTEN]


def _slip(letter: str, chance: np.random.Generator) -> str:
    """The letter as it was typed: now and then a letter is missing or two are swapped."""
    letters = list(letter)
    for place in np.flatnonzero(chance.random(len(letters)) < 0.015).tolist():
        if place + 1 < len(letters) and chance.random() < 0.5:
            letters[place : place + 2] = letters[place + 1], letters[place]
        else:
            letters[place] = ""
    return "".join(letters)
