/** The style of the HTML report, without characters that HTML escapes. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --background: #f5f6f8; --surface: #fff; --text: #1b2027; --muted: #586472; --line: #dde2e8; --accent: #0b5cc0;
  --error: #c0262d; --warning: #9a5b00; --note: #0b5cc0; --passed: #1a7f45;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #101419; --surface: #181e25; --text: #e5e9ee; --muted: #9ba7b4; --line: #2b343e; --accent: #74b3ff;
    --error: #ff7b80; --warning: #f0b04b; --note: #74b3ff; --passed: #52c77f;
  }
}
body { margin: 0; background: var(--background); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2.5rem 0 0; font-size: 1.3rem; }
h3 { margin: 2rem 0 0.5rem; font-size: 1.05rem; }
p { margin: 0.4rem 0; }
a { color: var(--accent); }
.muted { color: var(--muted); font-size: 0.875rem; }
article {
  margin: 1rem 0; padding: 0.75rem 1rem; background: var(--surface); border: 1px solid var(--line);
  border-left: 5px solid var(--note); border-radius: 6px;
}
article h3 { margin: 0; color: var(--note); }
article.error { border-left-color: var(--error); }
article.error h3 { color: var(--error); }
article.warning { border-left-color: var(--warning); }
article.warning h3 { color: var(--warning); }
.message { font-weight: 600; }
pre {
  margin: 0.6rem 0; padding: 0.6rem 0.8rem; background: var(--background); border: 1px solid var(--line); border-radius: 6px;
  font: 0.8rem/1.55 ui-monospace, monospace; white-space: pre-wrap;
}
table { width: 100%; border-collapse: collapse; background: var(--surface); border: 1px solid var(--line); }
th, td { padding: 0.4rem 0.75rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-size: 0.8rem; color: var(--muted); }
td { min-width: 7rem; }
tr .failed { color: var(--error); font-weight: 600; }
tr .passed { color: var(--passed); }
@media print {
  :root { color-scheme: light; --background: #fff; --text: #000; --muted: #444; --error: #a00; --warning: #740; --passed: #060; }
  main { max-width: none; padding: 0; }
  article, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
