/** Inside the shell: the sidebar stays usable. */
export { NotFound as default } from '@/components/shell/NotFound';
