addEventListener('DOMContentLoaded', () => {
  // A server shows this page at any missing address. Where the site begins: as it was built for, else
  // before the language folder, else where this browser has read it before, else right here.
  const sections = [...document.querySelectorAll('section')];
  const here = location.pathname;
  const language = sections.map((section) => section.lang).find((lang) => here.includes(`/${lang}/`));
  let kept = '';
  try { kept = localStorage.getItem('kbmatch.root') || ''; } catch { /* storage is switched off */ }
  const built = document.querySelector('meta[name="kb-root"]');
  const root = built && location.protocol !== 'file:' ? built.content
    : language ? here.slice(0, here.indexOf(`/${language}/`) + 1)
      : kept && here.startsWith(kept) ? kept : here.slice(0, here.lastIndexOf('/') + 1);
  if (language) {
    for (const section of sections) section.hidden = section.lang !== language;
    document.documentElement.lang = language;
  }
  for (const link of document.querySelectorAll('a[data-path]')) link.href = root + link.dataset.path;

  // The pages whose names are nearest to the one asked for, by shared runs of three letters.
  const threes = (text) => new Set([...text.padEnd(3)].map((_, at) => text.slice(at, at + 3)).filter((part) => part.length === 3));
  const name = (path) => path.split('/').pop().replace(/\.html?$/, '').toLowerCase();
  const asked = threes(name(here));
  for (const box of document.querySelectorAll('.near')) {
    const scored = [...box.querySelectorAll('a')].map((link) => {
      const own = threes(name(link.dataset.path));
      const shared = [...asked].filter((part) => own.has(part)).length;
      return [2 * shared / (asked.size + own.size || 1), link];
    }).filter(([score]) => score > 0.3).sort((one, two) => two[0] - one[0]).slice(0, 3);
    for (const [, link] of scored) link.hidden = false;
    box.hidden = !scored.length;
    box.append(...scored.map(([, link]) => link));
  }
});
