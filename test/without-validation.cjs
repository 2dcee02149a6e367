// Each app of the oldest supported aws-cdk-lib loads the validator of templates and runs it, which takes five seconds of processor time. With
// this file, it respects CDK_VALIDATION=false, like the newest one: `node --require` loads it into the processes that a test starts.
const Module = require('node:module');

const NONE = { name: 'None', validate: () => ({ success: true, violations: [] }) };

function respectVariable({ CloudFormationValidatePlugin: plugin }) {
  const original = plugin._singletonInstance.bind(plugin);
  plugin._singletonInstance = () => (process.env.CDK_VALIDATION === 'false' ? NONE : original());
}

module.exports = { respectVariable };

const load = Module._load;
Module._load = function loadAndChange(request, ...rest) {
  const exported = load.call(this, request, ...rest);
  if (request === '../validation/cloudformation-validate-plugin') respectVariable(exported);
  return exported;
};
