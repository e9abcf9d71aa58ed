// What main.ts loads once the first question is on its way: the stages and what tells of them, as one chunk.
export { tell } from './report/tell.ts';
export { run } from './run.ts';
