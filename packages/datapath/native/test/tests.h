#pragma once

namespace rivero {

void testUdpSocket();
void testSocketGroup();
void testSrtpIndexes();

}  // namespace rivero
