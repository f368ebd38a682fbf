import { locale } from "./words.js";

const AT_ONCE = 4; // pictures that are asked about beside each other

/** Something that the page says in its alert: a sentence, and what to do about it. */
export class Trouble extends Error {
  constructor(facts) {
    super(facts.error);
    this.facts = facts;
  }
}

/** The server's JSON answer, in the page's language; a Trouble where it refused, with column and row where it named them. */
export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { "accept-language": locale(), ...options.headers } });
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

/** Ask what comes after a history; `also`: what else is to be told, such as `{ components: true }`. */
export const askHistory = (rows, also = {}) =>
  ask("predict", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ rows, history: true, ...also }) });

/** Ask which words of one row's text its label rests on. */
export const askWords = (row) =>
  ask("explain", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ row }) });

/** Ask about an event that has not happened: what is said of it and why; nothing is remembered. */
export async function askInPassing(row) {
  const told = await askWords(row);
  return { predictions: [told.prediction], told };
}

/** Ask about pictures, each by itself: what is wrong with one keeps none of the others from its answer. */
export async function askPictures(blobs) {
  const predictions = new Array(blobs.length);
  const waiting = blobs.map((blob, at) => [blob, at]);
  const next = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) predictions[one[1]] = await answerTo(one[0], blobs.length === 1);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, blobs.length) }, next));
  return { predictions };
}

async function answerTo(blob, alone) {
  try {
    const { predictions, notices } = await ask("predict", { method: "POST", body: pictured(blob) });
    return { ...predictions[0], notices };
  } catch (trouble) {
    if (alone || !trouble.facts) throw trouble;
    return { trouble: trouble.facts };
  }
}

/** Ask which places of a picture its answer rests on, or what it is `about`: a label, person or box; `column` holds pictures. */
export async function askPlaces(blob, column, about) {
  if (!about) return ask("explain", { method: "POST", body: pictured(blob) });
  const row = { [column]: await encoded(blob) };
  return ask("explain", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ row, ...about }) });
}

const encoded = (blob) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => failed(new Trouble({ error: null }));
  reader.readAsDataURL(blob);
});

/** Ask whether two pictures are of one person. */
export const askPair = (blobs) => ask("verify", { method: "POST", body: pictured(...blobs) });

function pictured(...blobs) {
  const form = new FormData();
  for (const blob of blobs) form.append("image", blob, "picture.png");
  return form;
}
