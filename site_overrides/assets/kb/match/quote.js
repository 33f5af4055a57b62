/*
 * A line of the text and the place in it that matters (answer.py: Quote, shorten): kept long enough
 * to be masked as a whole, and shortened only then; what is cut off can't show what the rest is.
 */
'use strict';
function makeKbQuote() {
  const TEXT_CHARACTERS = 400;
  const WORD_CHARACTERS = 40;
  const KEPT_CHARACTERS = 4000;

  const quote = (line, place) => {
    const low = Math.max(0, Math.min(place - KEPT_CHARACTERS / 2, line.length - KEPT_CHARACTERS));
    const high = low + KEPT_CHARACTERS;
    return {
      line: `${low ? '…' : ''}${line.slice(low, high)}${high < line.length ? '…' : ''}`,
      place: place - low + (low ? 1 : 0),
    };
  };
  const shorten = ({line, place}, most = TEXT_CHARACTERS) => {
    line = line.replace(/\n/g, ' ');
    if (line.length <= most) return line;
    let start = Math.max(0, Math.min(place - most / 4, line.length - most));
    let end = start + most;
    if (start > 0) {
      const blank = line.slice(start, Math.min(start + WORD_CHARACTERS, place)).indexOf(' ');
      start += blank + 1;
    }
    if (end < line.length) {
      const blank = line.slice(end - WORD_CHARACTERS, end).lastIndexOf(' ');
      if (blank >= 0) end += blank - WORD_CHARACTERS;
    }
    return `${start > 0 ? '…' : ''}${line.slice(start, end)}${end < line.length ? '…' : ''}`;
  };
  return {quote, shorten};
}
