import { closest, distance } from "fastest-levenshtein";

/** The known word that `word` is probably meant to be, for "did you mean": at most a third of its letters differ. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const sameLetters = known.find((candidate) => candidate.toLowerCase() === word.toLowerCase());
  if (sameLetters !== undefined) return sameLetters;
  const candidates = known.filter((candidate) => candidate.length <= LONGEST_WORD);
  if (candidates.length === 0) return undefined;
  const nearest = closest(word, candidates);
  const allowed = Math.max(1, Math.floor(Math.max(word.length, nearest.length) / 3));
  const changes = distance(word.toLowerCase(), nearest.toLowerCase());
  return changes <= allowed && changes < word.length ? nearest : undefined;
}

/** Nobody mistypes a longer word; comparing hostile ones would take long. */
const LONGEST_WORD = 100;
