import { corpus, check } from './corpus';
async function main() {
  const wanted = process.argv.slice(2);
  for (const one of corpus().filter(c => wanted.length === 0 || wanted.some(w => c.name.startsWith(w)))) {
    const started = Date.now();
    try {
      const only = one.finds === null || process.env.ALL ? undefined : [one.group!];
      const r = await check(one, only);
      const ids = r.findings.map(f => f.id);
      const ok = JSON.stringify(ids) === JSON.stringify(one.finds === null ? [] : [one.finds]);
      console.log(`${ok ? 'ok  ' : 'BAD '} ${one.name} wanted ${one.finds} got ${ids.join(',')} ${((Date.now()-started)/1000).toFixed(1)} s`);
      if (!ok || process.env.V) { for (const f of r.findings) console.log('   ', f.id, f.message, '\n      |', f.evidence.join('\n      | ')); for (const c of r.checks.filter(c=>c.status==='untold')) console.log('     untold', c.id, c.reason); }
    } catch (e) { console.log('THROW', one.name, (e as Error).stack?.slice(0,600)); }
  }
}
void main();
