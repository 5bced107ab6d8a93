// Things that need nothing of each other, where each takes a while.
#pragma once

#include <functional>
#include <initializer_list>

namespace tiledir::engine
{

/// Does all of these, on a thread each where they ask over a network, else one after the other. Throws the first thing
/// that one has thrown; others may be left out then.
void side_by_side(bool over_network, std::initializer_list<std::function<void()>> tasks);

} // namespace tiledir::engine
