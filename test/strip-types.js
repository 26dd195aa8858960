// Jest transform: Node's own type stripping, so that tests run the sources as production does.
import { stripTypeScriptTypes } from 'node:module';

export default {
  /** @param {string} source */
  process(source) {
    return { code: stripTypeScriptTypes(source) };
  },
};
