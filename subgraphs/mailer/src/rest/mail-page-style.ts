/** The look of the mail pages, by day and by night. */
export const mailPageStyle = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: #8884; --quiet: light-dark(#6a665e, #a8a49b) }
  body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
  h1 { font-size: 1rem; font-weight: 600; letter-spacing: .04em; color: light-dark(#1f4d3f, #8fd0b8) }
  h2 { margin: .5rem 0 0; overflow-wrap: anywhere }
  a { color: inherit }
  code { font: .9em ui-monospace, monospace }
  .note, .empty { color: var(--quiet) }
  .empty { padding: 3rem 0; border-block: 1px solid var(--line); text-align: center }
  .mails { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line) }
  .mails a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .75rem .5rem; border-bottom: 1px solid var(--line); text-decoration: none }
  .mails a:hover, .mails a:focus-visible { background: light-dark(#0001, #fff1) }
  .subject { font-weight: 600; grid-column: 1 / -1; overflow-wrap: anywhere }
  .to, time { color: var(--quiet); font-size: .9rem }
  .to { overflow-wrap: anywhere }
  time { font-variant-numeric: tabular-nums }
  .note time { font-size: inherit }
  iframe { box-sizing: border-box; width: 100%; height: 40rem; border: 1px solid var(--line); border-radius: 8px; background: #fff }
  details { margin: 1rem 0 }
  summary { cursor: pointer; font-weight: 600 }
  pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: 8px; font: .85rem/1.5 ui-monospace, monospace }
  pre.text { white-space: pre-wrap; overflow-wrap: anywhere }
`;
