/*
 * "Your names": what the reader types, or what a link brings (`#login_server:my.example.com`),
 * fills every slot on the page. Kept in this browser only.
 *
 * Kept are the slots a reader is asked for; what follows from them is made anew each time, so that
 * no part of another registry stays behind. Names that are the same from page to page are kept from
 * page to page; any other value belongs to the page it was brought to.
 */
'use strict';
window.kbValues = (() => {
  const SLOTS = window.kbSlots || {examples: {}, asks: {}, remember: [], usual: [], derivations: [], identity: ''};
  // A link must not be able to put anything but a plain name into a command that someone pastes.
  const HARMLESS = /^[\p{L}\p{N}][\p{L}\p{N}._:/@%+=~,#-]{0,299}$/u;
  const PASTED = 'pasted:1'; // tells a link from the paste box, also when its error names nothing
  const PAGES_KEPT = 20;
  const page = location.pathname.split('/').slice(-2).join('/');
  const rules = SLOTS.derivations.map((rule) => ({
    ...rule, pattern: new RegExp(rule.regex, 'd'), pieces: rule.template.split(/\{([a-z0-9_]+)(?::[a-z0-9_]+)?\}/),
  }));

  const stored = __md_get('kb.values') || {};
  const pages = __md_get('kb.values.pages', sessionStorage) || {};
  const here = pages[page] || {};
  let values = {...here.values, ...stored.values};
  let typed = new Set([...(here.typed || []), ...(stored.typed || [])]);

  const keep = () => {
    const part = (remembered) => {
      const wanted = Object.keys(values).filter((name) => SLOTS.remember.includes(name) === remembered);
      return {values: Object.fromEntries(wanted.map((name) => [name, values[name]])), typed: wanted.filter((name) => typed.has(name))};
    };
    __md_set('kb.values', part(true));
    delete pages[page]; // the newest last
    pages[page] = part(false);
    for (const old of Object.keys(pages).slice(0, -PAGES_KEPT)) delete pages[old];
    __md_set('kb.values.pages', pages, sessionStorage);
  };

  const clean = (value, type) => {
    let text = String(value).trim();
    if (type === 'host') text = text.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '');
    return HARMLESS.test(text) ? text : '';
  };
  const isSource = (name) => (SLOTS.asks[name] || []).includes(name);

  /** The slots that a value holds, by the first template it has the form of. */
  const read = (name, value) => {
    const padded = `\n${value.toLowerCase()}\n`;
    for (const rule of rules) {
      if (rule.from !== name) continue;
      const match = rule.pattern.exec(padded);
      if (!match || match.index > 1 || match.index + match[0].length < padded.length - 1) continue;
      return Object.fromEntries(rule.groups.map((part, index) => {
        const [start, end] = match.indices[index + 1];
        return [part, value.slice(start - 1, end - 1)];
      }));
    }
    return {};
  };
  /** Values, and all that can be read out of them. */
  const opened = (given) => {
    const all = {...given};
    const pending = Object.keys(all);
    while (pending.length) {
      const name = pending.shift();
      for (const [part, value] of Object.entries(read(name, all[name]))) {
        if (all[part]) continue;
        all[part] = value;
        pending.push(part);
      }
    }
    return all;
  };
  /** What stands in a slot: pieces that are known, examples or fixed text; null when none is known. */
  const pieces = (name, all, above = []) => {
    if (all[name]) return [{text: all[name], known: true}];
    let best = null;
    let most = 0;
    for (const rule of above.includes(name) ? [] : rules) {
      if (rule.from !== name) continue;
      let known = 0;
      const made = rule.pieces.flatMap((piece, index) => {
        if (index % 2 === 0) return piece ? [{text: piece, known: null}] : [];
        const inner = pieces(piece, all, [...above, name]);
        if (inner) known += 1;
        return inner || [{text: SLOTS.examples[piece], known: false}];
      });
      if (known && known >= most) { best = made; most = known; } // the last is how it is usually written
    }
    return best;
  };
  const whole = (made) => Boolean(made) && made.every((piece) => piece.known !== false);
  const textOf = (made) => made.map((piece) => piece.text).join('');
  const complete = (name, all) => { const made = pieces(name, all); return whole(made) ? textOf(made) : ''; };

  /** What to keep of values that belong together: sources, and what doesn't follow from those. */
  const distilled = (given) => {
    const all = opened(given);
    const sources = {};
    for (const name of Object.keys(SLOTS.asks)) {
      if (!isSource(name)) continue;
      const value = complete(name, all);
      if (value) sources[name] = value;
    }
    const again = opened(sources);
    const kept = {...sources};
    for (const name of Object.keys(given)) {
      if (!isSource(name) && complete(name, again) !== given[name]) kept[name] = given[name];
    }
    return kept;
  };

  const show = (slot, made) => {
    slot.classList.toggle('kb-slot--filled', whole(made));
    slot.classList.toggle('kb-slot--partly', Boolean(made) && !whole(made));
    if (!made || whole(made)) { slot.textContent = made ? textOf(made) : slot.dataset.example; return; }
    slot.replaceChildren(...made.map(({text, known}) => {
      if (!known) return text;
      const part = document.createElement('span');
      part.className = 'kb-slot--filled';
      part.textContent = text;
      return part;
    }));
  };
  const OWN_PORT = /^([^:]+):(\d{1,5})$/;
  /** An address typed with its port, in front of a slot for the port: the port stands there, once. */
  const parted = (slot, made) => {
    const [, host, port] = (whole(made) && OWN_PORT.exec(textOf(made))) || [];
    const colon = slot.nextSibling;
    const next = colon && colon.nodeType === Node.TEXT_NODE && colon.data === ':' && colon.nextSibling;
    if (!host || !next || !next.matches('.kb-slot[data-slot]')) return null;
    return {host: [{text: host, known: true}], next, port: [{text: port, known: true}]};
  };
  const unfold = (form, open) => {
    form.classList.toggle('kb-values--open', open);
    const toggle = form.querySelector('.kb-values__toggle');
    if (!toggle) return;
    toggle.setAttribute('aria-expanded', String(open));
    toggle.textContent = toggle.dataset[open ? 'fewer' : 'more'];
  };
  const fill = () => {
    const all = opened(values);
    const ports = new Map();
    for (const slot of document.querySelectorAll('.kb-slot[data-slot]')) {
      if (slot.dataset.example === undefined) slot.dataset.example = slot.textContent;
      const made = pieces(slot.dataset.slot, all) || ports.get(slot);
      const parts = parted(slot, made);
      if (parts) ports.set(parts.next, parts.port);
      show(slot, parts ? parts.host : made);
    }
    for (const form of document.querySelectorAll('.kb-values')) {
      for (const input of form.elements) {
        if (input.name && document.activeElement !== input) input.value = all[input.name] || '';
      }
      if ([...form.querySelectorAll('.kb-values__more input')].some((input) => input.value)) unfold(form, true);
      form.querySelector('.kb-values__reset').hidden = !Object.keys(values).length;
    }
  };

  /** A value typed by hand: whatever was made of the old one, or holds it, goes. */
  const change = (name, value) => {
    const old = opened(values)[name];
    for (const other of Object.keys(values)) {
      const follows = (SLOTS.asks[other] || []).includes(name);
      if (other === name || follows || (old && !SLOTS.remember.includes(other) && values[other].includes(old))) {
        delete values[other];
        typed.delete(other);
      }
    }
    if (value) { values[name] = value; typed.add(name); }
    keep();
    fill();
  };
  /** Values that belong together replace those before; what was typed stays, unless for another registry. */
  const bring = (given) => {
    const brought = distilled(given);
    const now = values[SLOTS.identity];
    const next = brought[SLOTS.identity];
    const same = !now || !next || now.toLowerCase() === next.toLowerCase();
    typed = new Set([...typed].filter((name) => same && values[name]));
    values = {...Object.fromEntries([...typed].map((name) => [name, values[name]])), ...brought};
    keep();
  };

  /** Takes `#anchor&slot:value&…`; puts the plain anchor back into the address. */
  const fromFragment = () => {
    const fragment = location.hash.slice(1);
    if (!/(^|&)[a-z][a-z0-9_]*:/.test(fragment)) return;
    let anchor = '';
    const given = {};
    for (const part of fragment.split('&')) {
      const colon = part.indexOf(':');
      if (colon < 0) { anchor = part; continue; }
      let value = '';
      try { value = clean(decodeURIComponent(part.slice(colon + 1))); } catch { /* a broken escape */ }
      const name = part.slice(0, colon);
      if (value && name in SLOTS.asks) given[name] = value;
    }
    if (Object.keys(given).length || fragment.split('&').includes(PASTED)) bring(given);
    history.replaceState(null, '', anchor ? `#${anchor}` : location.pathname + location.search);
    const target = anchor && document.getElementById(anchor);
    if (target) target.scrollIntoView();
  };

  const tellWrong = (form) => {
    const told = form.querySelector('.kb-values__wrong');
    const text = form.querySelector('[aria-invalid="true"]') ? told.dataset.text : '';
    if (told.textContent !== text) told.textContent = text;
  };
  const start = () => {
    for (const form of document.querySelectorAll('.kb-values')) {
      form.addEventListener('submit', (event) => event.preventDefault());
      form.addEventListener('input', (event) => {
        const input = event.target;
        const value = clean(input.value, input.dataset.type);
        input.setAttribute('aria-invalid', String(Boolean(input.value.trim()) && !value));
        tellWrong(form);
        change(input.name, value);
      });
      form.addEventListener('reset', () => {
        for (const input of form.elements) input.removeAttribute('aria-invalid');
        tellWrong(form);
        values = {};
        typed = new Set();
        keep();
        setTimeout(fill);
      });
      const toggle = form.querySelector('.kb-values__toggle');
      if (toggle) toggle.addEventListener('click', () => {
        const open = toggle.getAttribute('aria-expanded') !== 'true';
        unfold(form, open);
        if (open) form.querySelector('.kb-values__more input').focus();
      });
    }
    fromFragment();
    fill();
    addEventListener('hashchange', () => {
      fromFragment();
      fill();
      document.dispatchEvent(new Event('kb:names'));
    });
    // A fix's own page opens with all the names that this page has.
    document.addEventListener('click', (event) => {
      const link = event.target.closest('.kb-fix__own a');
      if (link && Object.keys(values).length) link.hash = fragment(values);
    });
  };
  const fragment = (slots) => [
    ...Object.entries(slots).filter(([, value]) => HARMLESS.test(value)).map(([name, value]) => `${name}:${encodeURIComponent(value)}`),
    PASTED,
  ].join('&');
  start();

  return {
    /** For the paste box: the fragment that hands these slots to a page. */
    fragment,
    /** What tells this reader's registry from others, or nothing. */
    identity: () => values[SLOTS.identity] || '',
    /** The names that a command still lacks, where the example won't do: inputs of the form, in its order. */
    missing: (element) => {
      const all = opened(values);
      const lacking = new Set([...element.querySelectorAll('.kb-slot[data-slot]:not(.kb-slot--filled)')]
        .flatMap((slot) => SLOTS.asks[slot.dataset.slot] || []).filter((name) => !all[name] && !SLOTS.usual.includes(name)));
      return [...document.querySelectorAll('.kb-values input')].filter((input) => lacking.has(input.name));
    },
    /** Shows the field of a missing name and goes there. */
    ask: (input) => {
      if (input.closest('.kb-values__more')) unfold(input.form, true);
      input.focus();
    },
  };
})();
