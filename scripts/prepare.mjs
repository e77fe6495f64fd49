// Runs before `npm start` and `npm test`: `node scripts/prepare.mjs start|test`. Brings a fresh clone to where the
// command can run, and does nothing when it is there already. `programs` installs what the unit tests and e2e run
// besides. Plain JavaScript without dependencies, for Node 18 and later, because it runs before anything is installed.
import { fileURLToPath } from 'node:url';
import { Hindrance } from './prepare/hindrance.mjs';
import { prepareNativeDatapath } from './prepare/native-datapath.mjs';
import { installPackages } from './prepare/node-packages.mjs';
import { installPrograms } from './prepare/system-packages.mjs';
import { buildWebApp } from './prepare/web-app.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const purpose = process.argv[2];

try {
  if (purpose === 'programs') {
    installPrograms();
  } else if (purpose === 'start' || purpose === 'test') {
    installPackages(root);
    buildWebApp(root);
    prepareNativeDatapath(root, process.env.RIVERO_DATAPATH);
  } else {
    throw new Hindrance('call this as: prepare.mjs start|test|programs');
  }
} catch (error) {
  if (!(error instanceof Hindrance)) throw error;
  process.stderr.write(`rivero: ${error.message}\n`);
  process.exitCode = 1;
}
