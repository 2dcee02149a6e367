// Loaded before anything else: whoever asks for aws-cdk-lib gets the newest one. Its schema validation, which would hide
// all differences, can be switched off; that of the oldest cannot.
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) =>
  resolve(/^aws-cdk-lib(\/|$)/.test(name) ? name.replace('aws-cdk-lib', 'aws-cdk-lib-newest') : name, ...rest);
