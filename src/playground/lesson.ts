/** A lesson as its file in lessons/ says it: manifests, what to look at, and questions with their answers. Every answer is checked
 *  against the specification and against the rules by test/playground/lessons.test.ts. */
export interface Lesson {
  /** The name of the file without number and `.yaml`: `default-deny`. */
  readonly id: string;
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  /** Switches of the compiler; its defaults otherwise. */
  readonly generation?: string;
  readonly kubernetes?: string;
  /** Ids of the engines that are compared: every answer holds for the rules of each. */
  readonly engines?: readonly string[];
  readonly manifests: string;
  readonly questions: readonly Question[];
}

export interface Question {
  /** Ends in a question that "it passes" or "it is dropped" answers. */
  readonly ask: string;
  /** As on the command line of `anpm trace`. */
  readonly from: string;
  readonly to: string;
  readonly port: string;
  /** What the rules do to the packet. */
  readonly rules: "allow" | "deny";
  /** What Kubernetes specifies, where that is something else. */
  readonly spec?: "allow" | "deny";
  /** All generations, of every engine, whose rules do otherwise: Azure NPM's first, the oldest first. */
  readonly otherwise?: readonly string[];
  readonly because: string;
}

/** Filled in when the page is bundled: the files of lessons/, by name. */
declare const ANPM_LESSONS: readonly Lesson[];

export const lessons: readonly Lesson[] = ANPM_LESSONS;
