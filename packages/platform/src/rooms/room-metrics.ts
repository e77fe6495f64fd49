import type { Metric } from '@rivero/core';
import type { PlatformStatistics } from './room-service.ts';

/** What is told to Prometheus of the rooms. */
export const roomMetrics: readonly Metric<PlatformStatistics>[] = [
  { name: 'rivero_rooms', type: 'gauge', help: 'Rooms in which somebody is.', read: ({ rooms }) => rooms },
  {
    name: 'rivero_room_participants',
    type: 'gauge',
    help: 'Participants of all rooms, those that are away included.',
    read: ({ participants }) => participants,
  },
  {
    name: 'rivero_room_participants_away',
    type: 'gauge',
    help: 'Participants that lost their connection and may still come back.',
    read: ({ away }) => away,
  },
  {
    name: 'rivero_rooms_with_media',
    type: 'gauge',
    help: 'Rooms that have a place in a media worker.',
    read: ({ mediaRooms }) => mediaRooms,
  },
];
