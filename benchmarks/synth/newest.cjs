// Is loaded before all other modules, and replaces aws-cdk-lib with the newest version. Its schema validation, which takes longer
// than the differences that are measured, can be disabled; that of the oldest version cannot.
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) =>
  resolve(/^aws-cdk-lib(\/|$)/.test(name) ? name.replace('aws-cdk-lib', 'aws-cdk-lib-newest') : name, ...rest);
