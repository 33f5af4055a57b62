/*
 * A Worker for file://, where browsers refuse real ones: the script runs in a hidden frame.
 * After iframe-worker 1.0.4 (MIT, Martin Donath; see iframe-worker-LICENSE.txt). Changed: what the
 * original writes into the frame as an inline script is iframe-worker-host.js, because our
 * Content-Security-Policy allows no inline script.
 */
'use strict';
(() => {
  const host = new URL('iframe-worker-host.js', document.currentScript.src).href;
  const quoted = (text) => String(text).replace(/&/g, '&amp;').replace(/"/g, '&quot;');

  class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.url = url;
      this.frame = document.createElement('iframe');
      this.frame.hidden = true;
      this.frame.title = 'worker';
      document.body.appendChild(this.frame);
      const page = this.frame.contentWindow.document;
      page.open();
      page.write(`<!doctype html><html lang="en"><title>worker</title><body>`
        + `<script src="${quoted(host)}" data-url="${quoted(url)}"><\/script>`
        + `<script src="${quoted(url)}"><\/script></body></html>`);
      page.close();
      this.heard = (event) => {
        if (event.source !== this.frame.contentWindow) return;
        this.dispatchEvent(new MessageEvent('message', {data: event.data}));
        if (this.onmessage) this.onmessage(event);
      };
      this.failed = (event) => {
        if (event.filename !== String(url)) return;
        const copy = new ErrorEvent('error', {message: event.message, filename: event.filename, error: event.error});
        this.dispatchEvent(copy);
        if (this.onerror) this.onerror(copy);
      };
      addEventListener('message', this.heard);
      addEventListener('error', this.failed);
      this.ready = new Promise((resolve) => { this.frame.contentWindow.addEventListener('load', resolve); });
    }

    postMessage(data) {
      this.ready.then(() => {
        this.frame.contentWindow.dispatchEvent(new MessageEvent('message', {data: structuredClone(data)}));
      });
    }

    terminate() {
      removeEventListener('message', this.heard);
      removeEventListener('error', this.failed);
      this.frame.remove();
    }
  }

  window.IFrameWorker = FrameWorker;
  window.kbWorker = window.Worker; // the real one: workers from blobs work on file:// too
  if (location.protocol === 'file:') window.Worker = FrameWorker;
})();
