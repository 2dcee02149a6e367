export { deleteDirectory as default } from './temporary-files';
