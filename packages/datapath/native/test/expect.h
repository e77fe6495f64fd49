#pragma once

#include <cstdio>
#include <cstdlib>

/** Ends the program when a claim does not hold. */
#define EXPECT(claim)                                                      \
  do {                                                                     \
    if (!(claim)) {                                                        \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim); \
      std::exit(1);                                                        \
    }                                                                      \
  } while (false)
