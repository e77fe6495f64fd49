/** One to many: one presenter, any number of viewers. When the presenter goes, every viewer is told. */
import { connectKurento, serveExample, WaitingCandidates } from '../example.mjs';

const { client, iceCandidate } = await connectKurento();

/** `{ pipeline, endpoint, viewers }`, while somebody presents: viewers are the functions that tell one that it is over. */
let presentation;

async function openEndpoint(pipeline, send) {
  const endpoint = await pipeline.create('WebRtcEndpoint');
  endpoint.on('IceCandidateFound', ({ candidate }) => send({ id: 'iceCandidate', candidate }));
  return endpoint;
}

await serveExample({
  folder: import.meta.dirname,
  name: 'one-to-many',
  onConnection: (send) => {
    const candidates = new WaitingCandidates();
    let leave;

    const present = async (sdpOffer) => {
      if (presentation !== undefined)
        throw new Error('Somebody else presents; try again later. · 已有主播，请稍后再试。');
      const mine = { pipeline: undefined, endpoint: undefined, viewers: new Set() };
      presentation = mine;
      leave = async () => {
        if (presentation === mine) presentation = undefined;
        for (const tell of mine.viewers) tell();
        await mine.pipeline?.release();
      };
      mine.pipeline = await client.create('MediaPipeline');
      const endpoint = await openEndpoint(mine.pipeline, send);
      await candidates.giveTo(endpoint);
      const sdpAnswer = await endpoint.processOffer(sdpOffer);
      mine.endpoint = endpoint;
      send({ id: 'presenterResponse', response: 'accepted', sdpAnswer });
      await endpoint.gatherCandidates();
    };

    const view = async (sdpOffer) => {
      const seen = presentation;
      if (seen?.endpoint === undefined) throw new Error('Nobody presents; try again later. · 还没有主播，请稍后再试。');
      const endpoint = await openEndpoint(seen.pipeline, send);
      const tell = () => send({ id: 'stopCommunication' });
      seen.viewers.add(tell);
      leave = async () => {
        if (seen.viewers.delete(tell) && presentation === seen) await endpoint.release();
      };
      await candidates.giveTo(endpoint);
      const sdpAnswer = await endpoint.processOffer(sdpOffer);
      await seen.endpoint.connect(endpoint);
      send({ id: 'viewerResponse', response: 'accepted', sdpAnswer });
      await endpoint.gatherCandidates();
    };

    const stop = async () => {
      candidates.clear();
      const last = leave;
      leave = undefined;
      await last?.();
    };

    return {
      close: stop,
      handle: async (message) => {
        switch (message.id) {
          case 'presenter':
          case 'viewer': {
            if (leave !== undefined) await stop();
            try {
              return await (message.id === 'presenter' ? present : view)(message.sdpOffer);
            } catch (error) {
              await stop();
              return send({ id: `${message.id}Response`, response: 'rejected', message: error.message });
            }
          }
          case 'onIceCandidate':
            return candidates.add(iceCandidate(message.candidate));
          case 'stop':
            return stop();
          default:
            throw new Error(`There is no message ${JSON.stringify(message.id)}.`);
        }
      },
    };
  },
});
