import { all, is, isCustomerKey, isNot, isSet } from "../expectations";
import type { Rule } from "../rule";
import { at, isPresent, list, texts } from "../values";

const trail = "aws:cloudtrail/trail:Trail";

/** Categories of events, and what a selector of them may ask for beside the category: by sources, readers or names, it would leave some out. */
const wholeCategories = { Management: [], Data: ["resources.type", "resources.ARN"] };

/** Of the optional trail (`auditTrail`). */
export const trailRules: Rule[] = [
  {
    name: "trail-encrypted",
    description: "Trails are encrypted with a customer-managed key.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "FSBP CloudTrail.2"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set kmsKeyId to the trail's key.",
    types: [trail],
    scope: "resource",
    check: isCustomerKey("kmsKeyId"),
  },
  {
    name: "trail-validated",
    description: "Changed and deleted files of trails are noticed.",
    controls: ["45 CFR 164.312(c)(1)", "FSBP CloudTrail.4"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set enableLogFileValidation to true.",
    types: [trail],
    scope: "resource",
    check: is("enableLogFileValidation", true),
  },
  {
    name: "trail-watched",
    description: "Trails go to CloudWatch Logs, too, where alarms watch them.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)", "FSBP CloudTrail.5"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Set cloudWatchLogsGroupArn and cloudWatchLogsRoleArn.",
    types: [trail],
    scope: "resource",
    check: all(isSet("cloudWatchLogsGroupArn"), isSet("cloudWatchLogsRoleArn")),
  },
  {
    name: "trail-complete",
    description:
      "Trails hold every management event and every invocation of the environment's functions, those of global services included.",
    controls: ["45 CFR 164.312(b)", "45 CFR 164.308(a)(5)(ii)(C)"],
    severity: "high",
    enforcement: "mandatory",
    remedy:
      "Select the category Management without a further condition, and the category Data by resources.type and resources.ARN at most; set includeGlobalServiceEvents to true, and leave enableLogging alone.",
    types: [trail],
    scope: "resource",
    check: all(is("includeGlobalServiceEvents", true), isNot("enableLogging", false), ({ inputs }) => {
      const selectors = list(inputs.advancedEventSelectors).map((selector) => list(at(selector, "fieldSelectors")));
      return Object.entries(wholeCategories)
        .filter(([category, fields]) => !selectors.some((selector) => isWhole(selector, category, fields)))
        .map(([category]) => `advancedEventSelectors leave out events of the category ${category}`);
    }),
  },
  {
    name: "trail-every-region",
    description:
      "Trails hold the events of every region, as those of IAM are in one that no environment needs to stand in.",
    controls: ["45 CFR 164.312(b)", "FSBP CloudTrail.1"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set isMultiRegionTrail to true.",
    types: [trail],
    scope: "resource",
    check: is("isMultiRegionTrail", true),
  },
];

const exclusions = ["notEquals", "notStartsWith", "notEndsWith"];

/** Whether a selector takes all events of a category, those of named resources of a type at least. */
function isWhole(selector: unknown[], category: string, fields: string[]): boolean {
  return (
    selector.some((field) => at(field, "field") === "eventCategory" && texts(at(field, "equals")).includes(category)) &&
    selector.every((field) => ["eventCategory", ...fields].includes(String(at(field, "field")))) &&
    !selector.some((field) => exclusions.some((exclusion) => isPresent(at(field, exclusion))))
  );
}
