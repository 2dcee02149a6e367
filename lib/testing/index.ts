// jsii only finds the types of a submodule that exports everything.
export * from './job-requests';
