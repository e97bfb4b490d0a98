import { load } from "js-yaml";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  answerTrace,
  clusterOf,
  compile,
  engines,
  isError,
  judge,
  legendOf,
  readBack,
  readQuestion,
  type CompileResult,
} from "../../compiler/index.js";
import type { Lesson, Question } from "../../src/playground/lesson.js";

const folder = "src/playground/lessons";
const files = readdirSync(folder).toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10));
const lessons = files.map(
  (file) => [file, load(readFileSync(`${folder}/${file}`, "utf8")) as Omit<Lesson, "id">] as const,
);

test("every file of lessons/ is a lesson, numbered from 1", () => {
  expect(files.length).toBeGreaterThan(8);
  files.forEach((file, index) => expect(file).toMatch(new RegExp(`^${index + 1}-[a-z0-9-]+\\.yaml$`)));
});

describe.each(lessons)("%s", (_, lesson) => {
  test("has the form of a lesson", () => {
    const { title, text, generation, kubernetes, engines: compared = [], manifests, questions, ...others } = lesson;
    expect(others).toEqual({});
    for (const each of [title, manifests, ...text]) expect(each).toEqual(expect.any(String));
    for (const each of [generation, kubernetes]) expect(["string", "undefined"]).toContain(typeof each);
    expect(engines.map(({ id }) => id)).toEqual(expect.arrayContaining([...compared]));
    expect(compared.length).not.toBe(1);
    expect(questions.length).toBeGreaterThan(0);
    for (const { ask, from, to, port, rules, spec, otherwise = [], because, ...rest } of questions) {
      expect(rest).toEqual({});
      expect(ask).toMatch(/ What will happen\?$/);
      for (const each of [from, to, port, because]) expect(each).toEqual(expect.stringMatching(/\S/));
      expect(["allow", "deny"]).toContain(rules);
      expect([undefined, rules === "allow" ? "deny" : "allow"]).toContain(spec);
      for (const each of otherwise) expect(each).toEqual(expect.any(String));
    }
  });

  test("compiles, and without a word of warning where the rules do what Kubernetes specifies", () => {
    const { diagnostics, result } = compileLesson(lesson);
    expect(result).toBeDefined();
    if (lesson.questions.every(({ spec }) => spec === undefined)) expect(diagnostics).toEqual([]);
  });

  test.each(lesson.questions.map((question): [string, Question] => [question.ask, question]))("%s", (_, question) => {
    const { rules, spec } = answer(compileLesson(lesson).result!, question);
    expect({ rules, spec }).toEqual({ rules: question.rules, spec: question.spec ?? question.rules });
    for (const engine of lesson.engines ?? []) {
      const { result } = compile([{ name: "manifests.yaml", text: lesson.manifests }], { engine });
      expect(answer(result!, question).rules, engine).toBe(question.rules);
    }
  });
});

test.each(lessons)(
  "%s names exactly those generations that do otherwise",
  (_, { manifests, kubernetes, questions }) => {
    const found = questions.map((): string[] => []);
    for (const engine of engines) {
      for (const generation of engine.generations.toReversed()) {
        const options = { engine: engine.id, generation, ...(kubernetes !== undefined && { kubernetes }) };
        const { result } = compile([{ name: "manifests.yaml", text: manifests }], options);
        questions.forEach((question, index) => {
          if (answer(result!, question).rules !== question.rules) found[index]!.push(generation);
        });
      }
    }
    expect(found).toEqual(questions.map(({ otherwise = [] }) => otherwise));
  },
);

test("canary: a lie is found", () => {
  const [, lesson] = lessons[0]!;
  const question = lesson.questions[0]!;
  const lied = lesson.manifests.replace("ingress: []", "ingress: [{}]");
  expect(answer(compileLesson({ ...lesson, manifests: lied }).result!, question)).toEqual({
    rules: "allow",
    spec: "allow",
  });
  expect(question.rules).toBe("deny");
});

function compileLesson({ manifests, generation, kubernetes }: Pick<Lesson, "manifests" | "generation" | "kubernetes">) {
  return compile([{ name: "manifests.yaml", text: manifests }], {
    ...(generation !== undefined && { generation }),
    ...(kubernetes !== undefined && { kubernetes }),
  });
}

/** What the printed rules do to the packet, and what Kubernetes specifies. */
function answer({ tables: compiled, objects }: CompileResult, { from, to, port }: Question) {
  const tables = readBack(compiled);
  const { question, diagnostics } = readQuestion(
    { from, to, port, state: "new", namespace: "default" },
    tables,
    objects,
  );
  expect(diagnostics.filter(isError)).toEqual([]);
  const { walks, verdict } = answerTrace(question!, tables, legendOf(compiled));
  expect(walks).toHaveLength(1);
  const { protocol, port: number = 0 } = walks[0]!.packet;
  const ends = { source: question!.source.endpoint, destination: question!.destination.endpoint };
  return { rules: verdict, spec: judge(clusterOf(objects), { ...ends, protocol, port: number }).verdict };
}
