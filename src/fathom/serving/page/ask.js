/** Something that the page says in its alert: a sentence, and what to do about it. */
export class Trouble extends Error {
  constructor(facts) {
    super(facts.error);
    this.facts = facts;
  }
}

/** The server's JSON answer; a Trouble where it refused, with column and row where it named them. */
export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Trouble({ error: null });
  }
  const answer = await response.json().catch(() => ({ error: `${response.status} ${response.statusText}` }));
  if (!response.ok) throw new Trouble(answer);
  return answer;
}

/** Ask about one row of a table. */
export const askRow = (row) =>
  ask("predict", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ row }) });

/** Ask which words of one row's text its label rests on. */
export const askWords = (row) =>
  ask("explain", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ row }) });

/** Ask about one picture. */
export function askPicture(blob) {
  const form = new FormData();
  form.append("image", blob, "picture.png");
  return ask("predict", { method: "POST", body: form });
}
