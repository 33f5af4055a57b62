// Masks secrets, people, internal names and addresses in a text that leaves the machine.
// The rules are kbmatch's own (redaction.json); this file applies them as redaction.py does.
(function (root) {
  "use strict";

  const LABELS = 10; // a value of more labels (`a.b.c` has three) is masked only where a rule finds it
  const lower = (text) => text.replace(/[A-Z]+/gu, (letters) => letters.toLowerCase());

  let known = null; // the rules last asked for, ready to use
  const compiled = (data) => {
    if (known && known.data === data) return known.rules;
    const whole = (source) => source.replace(/\{([a-z_]+)\}/gu, (_, name) => data.parts[name]);
    known = {data, rules: data.rules.map((rule) => ({
      ...rule,
      pattern: new RegExp(whole(rule.pattern), rule.ignore_case ? "giu" : "gu"),
      unless: rule.unless && new RegExp(whole(rule.unless), "iu"),
    }))};
    return known.rules;
  };

  // Masks values wherever they stand as words: one pass, however many values there are.
  const spreadOver = (text, masks) => {
    const longest = new Map();
    for (const value of masks.keys()) {
      const labels = value.match(/[A-Za-z0-9_-]+/gu) || [];
      if (labels.length && labels.length <= LABELS && value.startsWith(labels[0])) {
        longest.set(labels[0], Math.max(longest.get(labels[0]) || 0, labels.length));
      }
    }
    const lowered = lower(text);
    const labels = [...lowered.matchAll(/[A-Za-z0-9_-]+/gu)].map((match) => [match.index, match.index + match[0].length]);
    let done = "";
    let last = 0;
    labels.forEach(([start, first], place) => {
      if (start < last || (start && text[start - 1] === "<")) return;
      for (let count = longest.get(lowered.slice(start, first)) || 0; count > 0; count -= 1) {
        if (place + count > labels.length) continue;
        const end = labels[place + count - 1][1];
        const mask = masks.get(lowered.slice(start, end));
        if (mask) {
          done += text.slice(last, start) + mask;
          last = end;
          return;
        }
      }
    });
    return done + text.slice(last);
  };

  root.kbRedact = function (data, text) {
    const numbers = {};
    const spread = new Map();
    const lowered = text.toLowerCase();
    const telling = (value) =>
      [...value].length >= data.everywhere_from && !data.everywhere_not.includes(value);

    for (const rule of compiled(data)) {
      if (rule.when && !rule.when.some((word) => lowered.includes(word))) continue;
      const seen = (numbers[rule.number || ""] ||= new Map());
      text = text.replace(rule.pattern, (...match) => {
        const value = (rule.number ? match[rule.value || 1] : match[0]).toLowerCase();
        if (rule.unless && rule.unless.test(value)) return match[0];
        if (rule.number && !seen.has(value)) seen.set(value, seen.size + 1);
        const number = seen.get(value);
        if (rule.everywhere && telling(value)) spread.set(value, `<${rule.number}-${number}>`);
        return rule.with.replace(/\$([1-9n])/gu, (_, name) =>
          name === "n" ? String(number) : match[Number(name)] || "");
      });
    }
    return spread.size ? spreadOver(text, spread) : text;
  };
})(typeof window === "undefined" ? globalThis : window);
