import type { Effect, Event, Machine, Node } from "./engine.js";

/** The node after a start and all events; `observe` is shown the effects of each step, the start's first, and what the engine does in the end. */
export function fold(machine: Machine, events: Iterable<Event>, observe?: (effects: readonly Effect[]) => void): Node {
  let step = machine.start();
  observe?.(step.effects);
  for (const event of events) {
    step = machine.step(step.node, event);
    observe?.(step.effects);
  }
  if (observe) observe(machine.settle?.(step.node) ?? []);
  return step.node;
}
