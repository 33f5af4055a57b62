/*
 * The box on the home page: an error, a log or words in, the page that settles it out. What is pasted
 * reaches the page only as text, never as HTML, and stays on this machine.
 */
'use strict';
(() => {
  const form = document.getElementById('kb-box');
  if (!form) return;
  const input = document.getElementById('kb-box-text');
  const results = document.getElementById('kb-box-results');
  const status = document.getElementById('kb-box-status');
  const file = document.getElementById('kb-box-file');
  const held = document.getElementById('kb-box-held');
  const BASE = document.currentScript.src.replace(/[^/]*$/, '');
  const LARGEST = 5 * 1024 * 1024;
  const TOO_LONG_TO_SHOW = 100000; // a text area that lays out megabytes stutters
  const WORDS_AT_MOST = 6;
  const PAUSE = 140;

  let loading = null;
  let kit = null;
  let whole = null; // a text too long for the text area
  let asked = 0;
  let timer = 0;

  const script = (address) => new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = address;
    element.onload = resolve;
    element.onerror = reject;
    document.head.append(element);
  });
  const prepare = () => {
    loading = loading || Promise.all([
      ...['normal', 'literals', 'reach', 'matcher'].map((name) => `${BASE}../match/${name}.js`), `${BASE}../redact.js`, `${BASE}engine.js`, `${BASE}lookup.js`,
      `${BASE}signatures.js`, `${BASE}pages-${document.documentElement.lang}.js`,
    ].map(script)).then(() => {
      kit = {
        engine: window.kbEngine(window.kbBoxSignatures.matcher),
        find: window.kbLookup(window.kbBoxPages),
        pages: window.kbBoxPages,
        redact: (text) => window.kbRedact(window.kbBoxSignatures.redaction, text),
      };
      window.kbBox = kit;
      kit.engine.begin();
    });
    return loading;
  };

  const make = (name, values = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const say = (key, values = {}) => kit.pages.labels[`box.${key}`].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const counted = (key, n) => say(`${key}.${n === 1 ? 'one' : 'other'}`, {n: n.toLocaleString(document.documentElement.lang)});
  const where = (match) => {
    const line = say('line', {n: match.line.toLocaleString(document.documentElement.lang)});
    return match.count > 1 ? `${line} · ${counted('count', match.count)}` : line;
  };
  const address = (page, slots, anchor = '') => {
    const rest = [anchor, window.kbValues.fragment(slots)].filter(Boolean).join('&');
    return rest ? `${page.path}#${rest}` : page.path;
  };

  const ticket = (matches) => {
    const pages = kit.pages.symptoms;
    const [first, ...others] = matches;
    const page = pages[first.id];
    const lines = [`## ${page.title} (${first.id})`, '', '```', first.text, '```', '', page.summary, ''];
    for (const other of others) lines.push(`- ${pages[other.id].title} (${where(other)})`);
    lines.push(`${document.documentElement.lang}/${page.path}`);
    return kit.redact(lines.join('\n'));
  };
  const remember = (match) => {
    __md_set('kb.seen', {id: match.id, text: kit.redact(match.text)}, sessionStorage);
  };

  const primary = (match, matches) => {
    const page = kit.pages.symptoms[match.id];
    const copy = make('button', {type: 'button', class: 'kb-found__copy'}, say('ticket'));
    copy.addEventListener('click', async () => {
      await window.kbCopy(ticket(matches));
      copy.textContent = say('copied');
      status.textContent = say('copied');
      setTimeout(() => { copy.textContent = say('ticket'); }, 1500);
    });
    const causes = page.causes.slice(0, 5).map((cause) => make('li', {},
      make('a', {href: address(page, match.slots, `cause-${cause.id}`)}, cause.title)));
    const section = make('section', {class: 'kb-found', 'aria-labelledby': 'kb-found-title', 'data-id': match.id},
      make('h2', {id: 'kb-found-title'}, make('a', {href: address(page, match.slots)}, page.title)),
      make('p', {class: 'kb-quiet kb-found__where'}, where(match)),
      make('pre', {class: 'kb-message', tabindex: '0'}, make('code', {}, match.text)),
      make('div', {class: 'kb-answer'}, make('p', {}, page.summary)),
      causes.length ? make('h3', {}, say('causes')) : null,
      causes.length ? make('ol', {class: 'kb-found__causes'}, ...causes) : null,
      make('p', {class: 'kb-found__row'}, make('a', {class: 'kb-found__open', href: address(page, match.slots)}, say('open')), copy));
    section.addEventListener('click', (event) => { if (event.target.closest('a')) remember(match); });
    return section;
  };
  const entry = (match) => {
    const page = kit.pages.symptoms[match.id];
    return make('li', {'data-id': match.id},
      make('a', {class: 'kb-list__title', href: address(page, match.slots)}, page.title), ' ',
      make('span', {class: 'kb-quiet'}, where(match)),
      make('code', {class: 'kb-list__message'}, match.text));
  };
  const showMatches = (matches) => {
    const also = matches.slice(1).filter((match) => match.role === 'also');
    const wrappers = matches.slice(1).filter((match) => match.role === 'wrapper');
    const parts = [primary(matches[0], matches)];
    if (also.length) parts.push(make('section', {}, make('h3', {}, say('also')), make('ul', {class: 'kb-list'}, ...also.map(entry))));
    if (wrappers.length) {
      parts.push(make('details', {class: 'kb-found__wrappers'}, make('summary', {}, counted('wrappers', wrappers.length)),
        make('ul', {class: 'kb-list'}, ...wrappers.map(entry))));
    }
    results.replaceChildren(...parts);
    status.textContent = [say('found', {title: kit.pages.symptoms[matches[0].id].title}),
      also.length ? counted('more', also.length) : ''].filter(Boolean).join(' ');
  };
  const showNear = (text, late) => {
    const near = kit.find(text);
    const words = !text.includes('\n') && text.split(/\s+/).length <= WORDS_AT_MOST;
    const title = late ? say('late') : near.length === 0 ? say('nothing') : say(words ? 'words' : 'near');
    const parts = [make('h2', {}, title)];
    if (near.length === 0) {
      parts.push(make('p', {}, say('nothing.hint'), ' ', make('a', {href: 'messages.html'}, say('all'))), make('p', {}, say('report')));
    } else {
      if (!words) parts.push(make('p', {class: 'kb-quiet'}, say('near.hint')));
      parts.push(make('ul', {class: 'kb-list'}, ...near.map((page) => make('li', {},
        make('a', {class: 'kb-list__title', href: page.path}, page.title), make('p', {}, page.summary)))));
    }
    results.replaceChildren(make('section', {class: 'kb-near'}, ...parts));
    status.textContent = near.length ? `${title} ${counted('pages', near.length)}` : title;
  };

  const answer = async () => {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    const text = (whole === null ? input.value : whole).trim() ? (whole === null ? input.value : whole) : '';
    if (!text) { results.replaceChildren(); status.textContent = ''; return; }
    results.setAttribute('aria-busy', 'true');
    await prepare();
    const matches = await kit.engine.ask(text);
    if (mine !== asked || matches === undefined) return;
    if (matches && matches.length) showMatches(matches); else showNear(text.trim(), matches === null);
    results.removeAttribute('aria-busy');
    results.dataset.answered = String(mine);
  };
  const soon = (pause) => { clearTimeout(timer); timer = setTimeout(answer, pause); };

  const hold = async (text, name) => {
    whole = text;
    input.value = text.slice(0, 2000);
    await prepare();
    held.textContent = say('held', {name: name || say('pasted'), size: (text.length / 1048576).toFixed(1), lines: (text.match(/\n/g) || []).length + 1});
    answer();
  };
  const take = (text, name) => {
    if (text.length > TOO_LONG_TO_SHOW) { hold(text, name); return; }
    whole = null;
    held.textContent = '';
    input.value = text;
    answer();
  };
  const open = async (chosen) => {
    if (!chosen) return;
    if (chosen.size > LARGEST) {
      await prepare();
      held.textContent = say('large');
      return;
    }
    take(await chosen.text(), chosen.name);
  };

  form.addEventListener('submit', (event) => { event.preventDefault(); answer(); });
  input.addEventListener('input', (event) => {
    whole = null;
    held.textContent = '';
    soon(event.inputType === 'insertFromPaste' ? 0 : PAUSE);
  });
  input.addEventListener('paste', (event) => {
    const text = event.clipboardData.getData('text');
    if (text.length <= TOO_LONG_TO_SHOW) return;
    event.preventDefault();
    take(text, '');
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); answer(); }
    if (event.key === 'Escape' && input.value) { take('', ''); }
  });
  file.addEventListener('change', () => { open(file.files[0]); file.value = ''; });
  for (const type of ['dragover', 'dragleave', 'drop']) {
    form.addEventListener(type, (event) => {
      if (type !== 'dragleave' && [...event.dataTransfer.types].includes('Files')) event.preventDefault();
      form.classList.toggle('kb-box--over', type === 'dragover');
      if (type === 'drop' && event.dataTransfer.files.length) open(event.dataTransfer.files[0]);
    });
  }
  for (const type of ['focusin', 'pointerenter', 'dragenter']) form.addEventListener(type, prepare, {once: true, passive: true});
  if (input.value.trim()) answer(); // the browser put back what was there before
})();
