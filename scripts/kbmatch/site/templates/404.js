addEventListener('DOMContentLoaded', () => {
  // A server shows this page at any missing address: the language folder in it tells the root.
  const sections = [...document.querySelectorAll('section')];
  const language = sections.map((section) => section.lang)
    .find((lang) => location.pathname.includes(`/${lang}/`));
  if (!language) return;
  const root = location.pathname.split(`/${language}/`)[0];
  for (const section of sections) section.hidden = section.lang !== language;
  document.documentElement.lang = language;
  for (const link of document.querySelectorAll('a[data-path]')) link.href = `${root}/${link.dataset.path}`;
});
