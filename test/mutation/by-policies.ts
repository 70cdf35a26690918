import type { PolicyResource, Rule } from "../../policy/rule";
import { judge, rules } from "../../policy/rules";
import type { Recorded } from "../unit/recorder";
import { changed } from "./change";
import { matches, type Mutant } from "./mutant";

/** Finds the first rule that a mutant of a program violates, and the program itself does not, or not so: the bootstrap is held to no rule. */
export function policyJudge(recorded: Recorded[]): (mutant: Mutant) => Rule | undefined {
  const program = recorded.map(policyResource);
  const before = new Set(rules.flatMap((rule) => failures(rule, program)));
  return (mutant) => {
    const targets = recorded.filter((resource) => matches(mutant, resource, "name"));
    const mutants = targets.flatMap((target) => changed(target, mutant.change)).map(policyResource);
    const others = program.filter(({ urn }) => !targets.some((target) => target.urn === urn));
    const judged = (rule: Rule) => (rule.scope === "stack" ? [...others, ...mutants] : mutants);
    return rules.find((rule) => failures(rule, judged(rule)).some((failure) => !before.has(failure)));
  };
}

/** No more than rules look at: they look at all resources, for each mutant. */
function policyResource({ urn, type, name, inputs, references }: Recorded): PolicyResource {
  return { urn, type, name, inputs, references };
}

function failures(rule: Rule, resources: PolicyResource[]): string[] {
  return judge(rule, resources)
    .filter(({ result }) => result === "fail")
    .flatMap(({ resource, violations }) => violations.map((violation) => `${rule.name} ${resource.urn} ${violation}`));
}
