/*
 * What a reader brings to a page and takes away: their own message on top, the summary for a ticket,
 * a report to whoever runs this, the way back from a fix. What leaves the page is masked.
 */
'use strict';
(() => {
  const one = (selector) => document.querySelector(selector);
  const seen = __md_get('kb.seen', sessionStorage);

  const mine = one('.kb-mine');
  if (mine && seen && seen.id === mine.dataset.symptom && seen.own) {
    const label = mine.querySelector('.kb-mine__label');
    label.textContent = label.dataset.text.replace('{n}', Number(seen.line || 1).toLocaleString(document.documentElement.lang));
    mine.querySelector('code').textContent = seen.own;
    mine.hidden = false;
    for (const other of document.querySelectorAll('.kb-messages > pre')) other.hidden = true;
    const wording = document.getElementById(`message-${seen.signature}`);
    if (wording) { // the first of all wordings is the reader's
      wording.classList.add('kb-wordings__mine');
      wording.parentElement.prepend(wording, wording.nextElementSibling);
    }
  }

  const ticket = one('.kb-ticket');
  if (ticket) {
    const message = ticket.querySelector('[data-message]');
    if (seen && message && message.dataset.message === seen.id) {
      message.textContent = `\n\n\`\`\`\n${seen.text}\n\`\`\``;
      const wording = document.getElementById(`message-${seen.signature}`);
      const tools = ticket.querySelector('[data-tools]');
      if (wording) tools.textContent = `\n${tools.dataset.tools}${wording.nextElementSibling.querySelector('.kb-quiet').textContent}`;
    }
    const time = ticket.querySelector('[data-time]');
    const now = new Date();
    time.textContent = `\n${time.dataset.time} ${new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 16).replace('T', ' ')}`;
    const place = ticket.querySelector('[data-page]');
    if (location.protocol !== 'file:') place.textContent = location.origin + location.pathname;
  }

  const LONGEST = 1500; // mail programs cut longer addresses
  const reported = () => {
    const typed = one('#kb-box-text');
    if (ticket) return ticket.querySelector('code').textContent;
    return typed && window.kbBoxSignatures ? window.kbKit.masked(typed.value, []) : '';
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('[data-contact]');
    if (!link) return;
    const values = {title: document.title, text: reported().slice(0, LONGEST)};
    link.href = link.dataset.contact.replace(/\{(title|text)\}/g, (_, name) => encodeURIComponent(values[name]));
  });

  const back = one('.kb-from');
  const from = __md_get('kb.from', sessionStorage);
  if (back && from && from.to === location.pathname) {
    const link = back.querySelector('a');
    link.href = from.path;
    link.textContent = link.dataset.text.replace('{n}', from.cause).replace('{title}', from.title);
    back.hidden = false;
  }
})();
