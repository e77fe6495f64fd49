#pragma once

namespace rivero {

void testUdpSocket();
void testSocketGroup();

}  // namespace rivero
