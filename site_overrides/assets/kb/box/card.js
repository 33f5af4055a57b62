/*
 * What was found, as the reader sees it on the home page: the answer with the first check filled in,
 * the other errors in the text, or the pages that are near.
 */
'use strict';
window.kbCard = (() => {
  const {make, say, counted, number, where, address, marked, origin} = window.kbKit;
  const SHOWN = 8;
  const NAMED = 3; // other errors of a text that are named above the answer
  const AT_A_GLANCE = 180; // characters of a line that are read without effort
  const SLOT = /(?<![$\\{])\{(?:[a-z][a-z0-9_]*:)?([a-z][a-z0-9_]*)\}(?!\})/g;
  const OPTION = /((?<=\s)--?[a-z][\w-]*)/gi; // not torn apart at the end of a line
  const symptoms = () => window.kbKit.pages.symptoms;

  /** The command as nodes, each slot filled from the error or shown as an example. */
  const filled = (run, slots) => {
    const {examples} = window.kbKit.pages;
    const parts = run.split(SLOT);
    return parts.flatMap((part, index) => {
      if (index % 2 === 0) return part.split(OPTION).map((piece, at) => (at % 2 ? make('span', {class: 'kb-option'}, piece) : piece));
      if (!(part in examples)) return `{${part}}`;
      const value = slots[part];
      return make('span', {class: value ? 'kb-slot kb-slot--filled' : 'kb-slot'}, value || examples[part]);
    });
  };
  const plainly = (text, slots) => text.replace(SLOT, (whole, name) => slots[name] || (window.kbKit.pages.examples[name] ?? whole));
  const copyButton = (text, label = say('copy')) => {
    const button = make('button', {type: 'button', class: 'kb-found__copy'}, label);
    button.addEventListener('click', async () => {
      await window.kbCopy(typeof text === 'function' ? text() : text);
      button.textContent = say('copy.done');
      setTimeout(() => { button.textContent = label; }, 1500);
    });
    return button;
  };
  /** The part of a line that decides: what a kubelet or a build wraps around it would fill the screen. */
  const glance = (match) => window.makeKbQuote().shorten(match.quote, AT_A_GLANCE);
  const badge = (cause) => make('span', {class: `kb-who kb-who--${cause.who}`}, cause.fixer);

  const outcome = (kind, said, slots) => make('div', {class: `kb-found__outcome kb-found__outcome--${kind}`},
    make('dt', {}, say(`outcome.${kind}`)),
    make('dd', {}, said.output ? make('code', {}, plainly(said.output.split('\n').slice(0, 3).join('\n'), slots)) : null, said.output ? ' ' : '', said.meaning));
  const check = (cause, slots) => {
    const chosen = __md_get('kb.platforms') || [];
    const [first] = [...chosen.map((on) => cause.commands.find((command) => command.on === on)).filter(Boolean), ...cause.commands];
    const parts = [make('p', {}, cause.check)];
    if (first) {
      const code = make('code', {}, ...filled(first.run, slots));
      parts.push(make('figure', {class: 'kb-cmd'}, make('figcaption', {},
        make('span', {class: 'kb-cmd__kind'}, [first.platform, first.shell].filter(Boolean).join(' · ')), copyButton(() => code.textContent)),
      make('pre', {tabindex: '0'}, code)));
    }
    parts.push(make('dl', {class: 'kb-found__outcomes'}, outcome('yours', cause.yours, slots), outcome('not', cause.not, slots)));
    return make('div', {class: 'kb-found__check'}, ...parts);
  };

  const ticket = (matches) => {
    const [first, ...others] = matches;
    const page = symptoms()[first.id];
    const head = `## ${page.title} (${first.id})\n\n\`\`\``;
    const lines = ['```', '', page.summary, '', say('box.causes'),
      ...page.causes.map((id) => { const cause = window.kbKit.pages.causes[id]; return `- ${cause.title} (${cause.fixer})`; }), ''];
    if (others.length) lines.push(say('box.also'), ...others.map((other) => `- ${symptoms()[other.id].title} (${where(other)})`), '');
    const place = location.protocol === 'file:' ? `${window.kbKit.language}/${page.path}` : new URL(page.path, window.kbKit.root).href;
    // The address of this site stays readable: only what the reader pasted is masked.
    const [said, rest] = window.kbKit.maskedQuote(matches, lines.join('\n'));
    return `${head}\n${said}\n${rest}\n${place}`;
  };
  const ticketBox = (matches) => {
    const box = make('details', {class: 'kb-found__ticket'}, make('summary', {}, say('box.ticket')));
    box.addEventListener('toggle', () => {
      if (!box.open || box.children.length > 1) return;
      const text = ticket(matches);
      box.append(make('p', {class: 'kb-quiet'}, say('box.ticket.hint')), make('pre', {tabindex: '0'}, make('code', {}, text)), copyButton(text));
    });
    return box;
  };
  /** For the page that is opened next: the line that led there, masked and as it was. */
  const remember = (match) => {
    __md_set('kb.seen', {
      id: match.id, text: window.kbKit.maskedQuote([match])[0], own: match.text, line: match.line, signature: match.signature,
    }, sessionStorage);
  };

  /** The answer. `alone`: the text is this one line, so it is not shown again. */
  const primary = (match, matches, alone) => {
    const page = symptoms()[match.id];
    const [first, ...more] = page.causes.map((id) => ({id, ...window.kbKit.pages.causes[id]}));
    const link = (cause) => make('a', {href: address(page.path, match.slots, `cause-${cause.id}`)}, cause.title);
    const causes = first ? make('ol', {class: 'kb-found__causes'},
      make('li', {}, make('p', {class: 'kb-found__cause'}, link(first), ' ', badge(first)), first.commands ? check(first, match.slots) : null),
      ...more.map((cause) => make('li', {}, make('p', {class: 'kb-found__cause'}, link(cause), ' ', badge(cause))))) : null;
    const section = make('section', {class: 'kb-found', 'aria-labelledby': 'kb-found-title', 'data-id': match.id},
      make('h2', {id: 'kb-found-title'}, make('a', {href: address(page.path, match.slots)}, page.title)), origin(page.path),
      alone ? null : make('p', {class: 'kb-found__said'}, make('span', {class: 'kb-quiet kb-found__where'}, where(match)), ' ', make('code', {class: 'kb-found__message'}, glance(match))),
      make('div', {class: 'kb-answer'}, make('p', {}, page.summary)),
      causes ? make('h3', {}, counted('box.likely', page.causes.length)) : null, causes,
      make('p', {class: 'kb-found__row'}, make('a', {class: 'kb-found__open', href: address(page.path, match.slots)}, say('box.open'))),
      ticketBox(matches));
    section.addEventListener('click', (event) => { if (event.target.closest('a')) remember(match); });
    return section;
  };
  const entry = (match) => {
    const page = symptoms()[match.id];
    const item = make('li', {'data-id': match.id},
      make('a', {class: 'kb-list__title', href: address(page.path, match.slots)}, page.title), ' ', origin(page.path), ' ',
      make('span', {class: 'kb-quiet'}, where(match)),
      make('code', {class: 'kb-list__message'}, glance(match)));
    item.addEventListener('click', (event) => { if (event.target.closest('a')) remember(match); });
    return item;
  };
  /** A list that shows its first entries, and the others when asked. */
  const list = (items, made, least = SHOWN) => {
    const rows = make('ul', {class: 'kb-list'}, ...items.slice(0, least).map(made));
    if (items.length <= least) return [rows];
    const more = make('button', {type: 'button', class: 'kb-found__more'}, say('find.all', {n: number(items.length)}));
    more.addEventListener('click', () => {
      const added = items.slice(least).map(made);
      rows.append(...added);
      more.remove();
      const link = added[0].querySelector('a');
      if (link) link.focus();
    });
    return [rows, more];
  };
  const opens = (match, ...children) => {
    const link = make('a', {href: address(symptoms()[match.id].path, match.slots)}, ...children);
    link.addEventListener('click', () => remember(match));
    return link;
  };
  /** Says above the answer that it is not the only one; the answer alone fills a screen. */
  const others = (also) => make('p', {class: 'kb-found__others'}, counted('box.others', also.length),
    ...also.slice(0, NAMED).flatMap((match) => [' ', make('span', {}, opens(match, symptoms()[match.id].title), ' ', make('span', {class: 'kb-quiet'}, where(match)))]),
    ...also.length > NAMED ? [' ', make('a', {href: '#kb-also'}, say('find.all', {n: number(also.length)}))] : []);
  const matched = (answer, alone) => {
    const [first, ...more] = answer.matches;
    const also = more.filter((match) => match.role === 'also').sort((a, b) => b.count - a.count || a.line - b.line);
    const wrappers = more.filter((match) => match.role === 'wrapper');
    const parts = [primary(first, answer.matches, alone)];
    if (also.length) {
      parts.unshift(others(also));
      parts.push(make('section', {}, make('h3', {id: 'kb-also'}, say('box.also')), ...list(also, entry)));
    }
    if (wrappers.length) {
      parts.push(make('details', {class: 'kb-found__wrappers'}, make('summary', {}, counted('box.wrappers', wrappers.length)), ...list(wrappers, entry)));
    }
    return parts;
  };

  /** What to show of a page for these words: the message or sentence in which they stand. */
  const sentence = (page, terms) => {
    const texts = [...(page.messages || []), page.brief];
    const count = (text) => { const low = text.toLowerCase(); return terms.filter((term) => low.includes(term)).length; };
    let best = page.brief;
    for (const text of texts) if (count(text) > count(best)) best = text;
    const other = count(best) === 0 && page.words.find((name) => count(name) > 0);
    return other ? {text: `${other}: ${page.brief}`, message: false} : {text: best, message: best !== page.brief};
  };
  const kind = (name) => make('span', {class: `kb-kind kb-kind--${name}`}, say(`find.kind.${name}`));
  /** Rows for pages found by words, then for all other pages that have them. */
  const rows = (answer) => [
    ...answer.near.map(({page}) => {
      const said = sentence(page, answer.terms);
      return {path: page.path, title: page.title, kind: page.kind || 'error', terms: answer.terms, ...said};
    }),
    ...answer.rest.map((page) => ({...page, text: page.excerpt, message: false})),
  ];
  const near = (row) => make('li', {'data-path': row.path},
    make('a', {class: 'kb-list__title', href: address(row.path, {}, row.anchor)}, ...marked(row.title, row.terms)), ' ', kind(row.kind), ' ', origin(row.path),
    row.message ? make('code', {class: 'kb-list__message'}, ...marked(row.text, row.terms)) : make('p', {}, ...marked(row.text, row.terms)));
  /** The link of the page's foot to whoever runs this, where there is one; it takes the masked text along. */
  const contact = () => {
    const link = document.querySelector('.kb-footer [data-contact]');
    return link ? [' ', link.cloneNode(true)] : [];
  };
  /** Where somebody goes on whose error is not among the pages found: the home page names them. */
  const onward = () => {
    const links = [...document.querySelectorAll('.kb-starts a')].map((link) => link.cloneNode(true));
    links.push(make('a', {href: new URL('messages.html', window.kbKit.root).href}, say('messages')));
    return make('p', {class: 'kb-near__onward'}, say('box.onward'), ...links.flatMap((link) => [' ', link]));
  };
  const nearTo = (answer, typed) => {
    const found = rows(answer);
    const isExact = typed && answer.exact;
    const title = say(answer.late ? 'box.late' : found.length === 0 ? 'box.nothing' : isExact ? 'box.words' : 'box.near');
    const parts = [make('h2', {}, title)];
    if (answer.meant.length) parts.push(make('p', {class: 'kb-quiet'}, say('find.meant', {words: answer.meant.map(([, word]) => word).join(say('comma'))})));
    if (found.length === 0) {
      parts.push(make('p', {}, say('box.nothing.hint')), onward(), make('p', {}, say('box.report'), ...contact()));
    } else {
      if (!isExact) parts.push(make('p', {class: 'kb-quiet'}, say('box.near.hint')));
      parts.push(...list(found, near, 6), onward());
    }
    return {title, count: found.length, nodes: [make('section', {class: 'kb-near'}, ...parts)]};
  };

  return {matched, nearTo, rows, kind, remember, sentence, glance};
})();
