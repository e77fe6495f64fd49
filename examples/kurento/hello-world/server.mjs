/** Hello world: what the camera sends comes back from the media server. */
import { connectKurento, serveExample, WaitingCandidates } from '../example.mjs';

const { client, iceCandidate } = await connectKurento();

await serveExample({
  folder: import.meta.dirname,
  name: 'hello-world',
  onConnection: (send) => {
    const candidates = new WaitingCandidates();
    let pipeline;
    const stop = async () => {
      candidates.clear();
      const ended = pipeline;
      pipeline = undefined;
      await ended?.release();
    };
    return {
      close: stop,
      handle: async (message) => {
        switch (message.id) {
          case 'start': {
            if (pipeline !== undefined) await stop();
            pipeline = await client.create('MediaPipeline');
            const endpoint = await pipeline.create('WebRtcEndpoint');
            endpoint.on('IceCandidateFound', ({ candidate }) => send({ id: 'iceCandidate', candidate }));
            await endpoint.connect(endpoint);
            await candidates.giveTo(endpoint);
            const sdpAnswer = await endpoint.processOffer(message.sdpOffer);
            send({ id: 'startResponse', sdpAnswer });
            await endpoint.gatherCandidates();
            return;
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
