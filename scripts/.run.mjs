// usage: run.mjs rounds counts impls...
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
await build({ entryPoints:['benchmarks/synth/impl-exp.ts'], outfile:'.cache/bench/impl-exp.js', bundle:true, platform:'node', target:'node20', external:['aws-cdk-lib'] });
const [,, rounds, counts, ...impls] = process.argv;
const med = (a)=>[...a].sort((x,y)=>x-y)[a.length>>1];
for (const c of counts.split(',')) {
  const s = Object.fromEntries(impls.map(i=>[i,[]]));
  for (let r=0;r<+rounds;r++) for (const i of impls) s[i].push(JSON.parse(execFileSync(process.execPath,['--require','./benchmarks/synth/newest.cjs','.cache/bench/impl-exp.js',i,c],{encoding:'utf8',env:{...process.env,CDK_VALIDATION:'false'},stdio:['ignore','pipe','inherit']})));
  console.log(c, impls.map(i=>`${i}: cpu ${med(s[i].map(x=>x.cpuSeconds)).toFixed(3)} min ${Math.min(...s[i].map(x=>x.cpuSeconds)).toFixed(3)} (${(med(s.ours.map(x=>x.cpuSeconds))/med(s[i].map(x=>x.cpuSeconds))).toFixed(2)}) phases min ${[0,1,2].map(k=>Math.min(...s[i].map(x=>x.phases[k])).toFixed(0))} bytes ${s[i][0].bytes}`).join('\n   '));
}
