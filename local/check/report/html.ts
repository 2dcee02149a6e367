import { createHash } from 'node:crypto';
import { CHECKS } from '../checks';
import type { CheckResult, Finding, Outcome } from '../core/finding';
import { contractUrl } from './contract';
import { STYLE } from './html-style';
import { type Markup, markup } from './markup';
import { summaryOf } from './summary';

/** A document of its own, which can be sent: it loads nothing and runs no code. */
export function html(results: CheckResult[]): string {
  // The policy keeps that true even if a log line in the evidence were not escaped.
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
  const time = new Date();
  return `<!doctype html>\n${
    markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>byoa check: ${results.map(({ image }) => image).join(', ')}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>byoa check</h1>
<p class="muted"><time datetime="${time.toISOString()}">${time.toUTCString()}</time></p>
${results.map(section)}
</main>
</body>
</html>`.text
  }`;
}

function section(result: CheckResult): Markup {
  return markup`<section>
<h2>${result.image}</h2>
<p>${summaryOf(result)}</p>
${result.findings.map(article)}
<h3>Checks</h3>
<table>
<thead><tr><th scope="col">Check</th><th scope="col">Outcome</th></tr></thead>
<tbody>
${result.checks.map(row)}
</tbody>
</table>
</section>`;
}

function article({ id, severity, message, fix, fact, evidence }: Finding): Markup {
  return markup`<article class="${severity}">
<h3>${severity}: ${id}</h3>
<p class="message">${message}</p>
<p><strong>Fix:</strong> ${fix}</p>
${evidence.length === 0 ? '' : markup`<pre>${evidence.join('\n')}</pre>`}
<p class="muted">Requirement: ${links(fact)}</p>
</article>
`;
}

/** A link for each of the requirements, to its description. */
function links(fact: string): Markup[] {
  return fact.split(',').map((one, index) => {
    const link = markup`<a href="${contractUrl(one)}">${one.trim()}</a>`;
    return index === 0 ? link : markup`, ${link}`;
  });
}

function row({ id, status, reason = '' }: Outcome): Markup {
  const title = CHECKS.find((check) => check.id === id)?.title ?? '';
  return markup`<tr><td>${id}<br><span class="muted">${title}</span></td><td><span class="${status}">${status}</span><br><span class="muted">${reason}</span></td></tr>
`;
}
