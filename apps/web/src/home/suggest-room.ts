/** Plain words that are easy to say on the telephone and to type; each list has 64, so that a random byte takes each as often. */
const moods =
  'able airy brave bright brisk broad calm clear clever cool crisp deep early easy even fair fine firm fleet fond free fresh gentle glad golden good grand happy high honest humble jolly keen kind large light lively loyal lucky mellow merry mild modest neat noble open patient plain proud quick quiet ready round silent silver simple smooth soft steady still sunny warm wide wise'.split(
    ' ',
  );
const colours =
  'amber apple aqua ash azure beige birch black blue bronze brown cedar cherry clay cobalt copper coral cream crimson denim ebony fern flax ginger grape green grey hazel honey indigo ivory jade khaki lemon lilac lime linen mango maple mint moss navy ochre olive opal orange peach pearl pine pink plum purple red rose ruby rust sage sand slate teal violet wheat white yellow'.split(
    ' ',
  );
const places =
  'bank bay beach bend bridge brook canal canyon cape cave cliff cloud coast cove creek dale dawn delta dune field fjord ford forest garden glade glen grove harbor heath hill inlet island isle lagoon lake lane marsh meadow mill moor mountain oasis ocean orchard park pass peak plain pond pool port rapids reef ridge river shore spring stream summit tide valley wave well wood'.split(
    ' ',
  );

/**
 * A name for a room such as `calm-amber-river-4207`: about 2,400 million there are (64³ · 9,000), 31 bits.
 * `random` are numbers from 0 to 2³² - 1 that nobody can foresee.
 */
export function suggestRoom(random: Uint32Array = crypto.getRandomValues(new Uint32Array(4))): string {
  const [mood = 0, colour = 0, place = 0, number = 0] = random;
  const words = [moods[mood % 64], colours[colour % 64], places[place % 64]];
  return [...words, 1000 + (number % 9000)].join('-');
}
