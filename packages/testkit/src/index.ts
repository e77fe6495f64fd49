export { SeededRandom } from './seeded-random.ts';
export {
  type HostLinks,
  type LinkConditions,
  type NetworkStatistics,
  type Outage,
  SimulatedNetwork,
} from './simulated-network.ts';
export { Simulation } from './simulation.ts';
