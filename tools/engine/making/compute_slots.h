// How many batches compute at the same time, while others wait for what comes over a network.
#pragma once

#include <condition_variable>
#include <mutex>

namespace tiledir::engine
{

/// A counting semaphore (C++20 has one).
class ComputeSlots
{
public:
    explicit ComputeSlots(int count)
        : m_free(count)
    {
    }
    ComputeSlots(const ComputeSlots &) = delete;
    ComputeSlots &operator=(const ComputeSlots &) = delete;

    /// While it lives a slot is taken; waits for one.
    class Taken
    {
    public:
        explicit Taken(ComputeSlots &slots)
            : m_slots(slots)
        {
            std::unique_lock<std::mutex> lock(m_slots.m_mutex);
            m_slots.m_freed.wait(lock, [this] { return m_slots.m_free > 0; });
            --m_slots.m_free;
        }
        ~Taken()
        {
            {
                const std::lock_guard<std::mutex> lock(m_slots.m_mutex);
                ++m_slots.m_free;
            }
            m_slots.m_freed.notify_one();
        }
        Taken(const Taken &) = delete;
        Taken &operator=(const Taken &) = delete;

    private:
        ComputeSlots &m_slots;
    };

private:
    std::mutex m_mutex; ///< guards what follows
    std::condition_variable m_freed;
    int m_free;
};

} // namespace tiledir::engine
