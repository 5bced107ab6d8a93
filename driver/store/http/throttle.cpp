#include "driver/store/http/throttle.h"

#include <algorithm>
#include <thread>

namespace tiledir::store
{

namespace
{

constexpr int kMostNew = 4; ///< new connections at once

} // namespace

bool asks_for_fewer(long status)
{
    return status == 429 || status == 503;
}

int Throttle::limit(int most)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return limit_locked(most);
}

int Throttle::limit_locked(int most) const
{
    return static_cast<int>(std::clamp<double>(m_limit, 1, m_closes ? std::min(most, kMostNew) : most));
}

Throttle::Place Throttle::place(int own, int most)
{
    std::unique_lock<std::mutex> lock(m_mutex);
    const auto has_room = [&] { return !m_cut || m_under_way < limit_locked(most); };
    const Clock::time_point now = Clock::now();
    if (own == 0)
    {
        m_left.wait_for(lock, m_most_wait, has_room);
    }
    else if (own >= limit_locked(most) || !has_room() || m_pace.next(now) > now)
    {
        return nullptr;
    }
    ++m_under_way;
    Place place(this);
    const Clock::time_point turn = m_pace.take(Clock::now());
    lock.unlock();
    std::this_thread::sleep_until(turn);
    return place;
}

Throttle::Clock::duration Throttle::until_next() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const Clock::time_point now = Clock::now();
    return m_pace.next(now) - now;
}

double Throttle::rate() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_pace.rate();
}

void Throttle::count_out()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    --m_under_way;
    m_left.notify_one();
}

void Throttle::note_close()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_closes = true;
}

void Throttle::note(long status, Clock::time_point sent, int most, bool paced)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_limit = std::min<double>(m_limit, most);
    if (paced && asks_for_fewer(status))
    {
        m_pace.refuse(sent, Clock::now());
    }
    if (asks_for_fewer(status) && (!m_cut || sent > *m_cut))
    {
        m_limit = std::max(1.0, m_limit / 2);
        m_cut = Clock::now();
    }
    else if (status != 0 && !asks_for_fewer(status))
    {
        m_pace.note(Clock::now());
        m_limit += m_cut ? 1 / m_limit : 1;
    }
}

} // namespace tiledir::store
