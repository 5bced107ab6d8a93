#include "driver/store/backoff.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

namespace tiledir::store
{

namespace
{

constexpr int kMostDoublings = 7;
constexpr double kFirstPause = 0.01; ///< seconds, of the longest there may be after the first loss

} // namespace

void pause_after(int losses)
{
    thread_local std::minstd_rand random(std::random_device{}());
    const double longest = kFirstPause * (1 << std::min(losses, kMostDoublings));
    std::this_thread::sleep_for(std::chrono::duration<double>(std::uniform_real_distribution<>(0, longest)(random)));
}

} // namespace tiledir::store
