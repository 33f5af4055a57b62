(() => {
  // The reader's last choice, else the browser's first language that we have, else stay and ask.
  const links = () => [...document.querySelectorAll('link[hreflang]')];
  const known = links().map((link) => link.getAttribute('hreflang'));
  const near = (tag) => known.find((have) => have.toLowerCase() === tag.toLowerCase())
    || (/^zh\b/i.test(tag) && !/^zh-(cn|sg|hans)/i.test(tag) && known.find((have) => /^zh/i.test(have)))
    || (!/^zh/i.test(tag) && known.find((have) => have.split('-')[0] === tag.split('-')[0].toLowerCase()));
  let kept = null;
  try { kept = localStorage.getItem('kbmatch.language'); } catch { /* storage is switched off */ }
  const language = known.includes(kept) ? kept : (navigator.languages || []).map(near).find(Boolean);
  addEventListener('click', (event) => {
    const chosen = event.target.closest('a[hreflang]');
    try { if (chosen) localStorage.setItem('kbmatch.language', chosen.hreflang); } catch { /* as above */ }
  });
  if (language) location.replace(`${language}/index.html${location.search}${location.hash}`);
})();
