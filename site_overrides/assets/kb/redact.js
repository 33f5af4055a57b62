// Masks secrets, people, internal names and addresses in a text that leaves the machine.
// The rules are kbmatch's own (redaction.json); this file applies them as redaction.py does.
(function (root) {
  "use strict";

  const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/-]/gu, (c) => (c === "-" ? "\\x2d" : "\\" + c));

  root.kbRedact = function (rules, text) {
    const numbers = {};
    const spread = new Map();
    const lowered = text.toLowerCase();
    const telling = (value) =>
      value.length >= rules.everywhere_from && !rules.everywhere_not.includes(value);

    for (const rule of rules.rules) {
      if (rule.when && !rule.when.some((word) => lowered.includes(word))) continue;
      const unless = rule.unless && new RegExp(rule.unless, "iu");
      const known = (numbers[rule.number || ""] ||= new Map());
      text = text.replace(new RegExp(rule.pattern, rule.ignore_case ? "giu" : "gu"), (...match) => {
        const value = (rule.number ? match[rule.value || 1] : match[0]).toLowerCase();
        if (unless && unless.test(value)) return match[0];
        if (rule.number && !known.has(value)) known.set(value, known.size + 1);
        const number = known.get(value);
        if (rule.everywhere && telling(value)) spread.set(value, `<${rule.number}-${number}>`);
        return rule.with.replace(/\$([1-9n])/gu, (_, name) =>
          name === "n" ? String(number) : match[Number(name)] || "");
      });
    }
    for (const [value, mask] of spread) {
      const word = new RegExp(`(?<![A-Za-z0-9_-])${escaped(value)}(?![A-Za-z0-9_-])`, "giu");
      text = text.replace(word, () => mask);
    }
    return text;
  };
})(typeof window === "undefined" ? globalThis : window);
