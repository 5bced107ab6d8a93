#include "autotest/explorer/scheduler.h"

#include "autotest/explorer/memory_store.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace tiledir::explorer
{

namespace
{

constexpr double kSleep = 400; ///< seconds: longer than an intent is believed
constexpr std::size_t kMostSteps = 20000;
/// So long a thread lets others of its writer go first, who may wait for what it has locked.
constexpr std::chrono::milliseconds kPatience{1};

} // namespace

/// A writer's place in the schedule.
class Scheduler::Place : public Turns
{
public:
    Place(Scheduler &in, std::size_t at)
        : index(at)
        , random(static_cast<unsigned>(at) * 7919U + 1U)
        , m_scheduler(in)
    {
    }

    void begin(const Step &next) override { m_scheduler.begin(*this, next); }
    void end(std::uint64_t seen) override { m_scheduler.end(*this, seen); }
    store::Stamp stamp() override
    {
        const std::lock_guard<std::mutex> lock(m_scheduler.m_mutex);
        return {std::to_string(index) + ' ' + std::to_string(mixed(history, ++stamps))};
    }
    void unlock(const std::string &key) override
    {
        const std::lock_guard<std::mutex> lock(m_scheduler.m_mutex);
        m_scheduler.m_folder.let_go(key, static_cast<int>(index));
    }
    void end_life(const std::string &id) override
    {
        const std::lock_guard<std::mutex> lock(m_scheduler.m_mutex);
        m_scheduler.m_folder.end_life(id, static_cast<int>(index));
    }

    Scheduler &scheduler() const { return m_scheduler; }

    const std::size_t index;
    std::minstd_rand random;
    std::thread thread;
    std::condition_variable changed;
    Step step;            ///< where it is
    bool at_step = false; ///< one of its threads is
    bool granted = false; ///< that one may do it
    int aside = 0;        ///< threads that go on beside it
    int waiting = 0;      ///< threads that wait for long, now and then
    int wakings = 0;      ///< times that it has slept and woken
    bool has_ended = false;
    bool is_killed = false;
    bool is_asleep = false;
    bool pauses = false;       ///< until somebody else has done a step
    std::uint64_t history = 0; ///< digest of all that it has seen
    std::uint64_t stamps = 0;  ///< that it has given

private:
    Scheduler &m_scheduler;
};

Scheduler::Scheduler(MemoryFolder &folder, std::vector<Writer> writers, Chooser &chooser, bool last_is_first)
    : m_folder(folder)
    , m_writers(std::move(writers))
    , m_chooser(chooser)
    , m_last_is_first(last_is_first)
    , m_endings(m_writers.size())
    , m_current(m_writers.size())
{
    for (std::size_t index = 0; index < m_writers.size(); ++index)
    {
        m_places.push_back(std::make_unique<Place>(*this, index));
    }
}

Scheduler::~Scheduler() = default;

bool Scheduler::run()
{
    for (const auto &each : m_places)
    {
        Place &place = *each;
        place.thread = std::thread(
            [this, &place]
            {
                descent() = {&place, 0};
                Ending ending;
                try
                {
                    place.begin({"begin", ""});
                    place.end(0);
                    m_writers[place.index].work(
                        [&] { return open_memory(m_folder, place, static_cast<int>(place.index)); });
                }
                catch (const Killed &)
                {
                    // So it was to be.
                }
                catch (const std::exception &error)
                {
                    ending.thrown = error.what();
                }
                ended(place, ending);
            });
    }
    std::unique_lock<std::mutex> lock(m_mutex);
    const auto at_start = [this]
    { return std::all_of(m_places.begin(), m_places.end(), [](const auto &place) { return place->at_step; }); };
    m_over_changed.wait(lock, at_start);
    decide();
    m_over_changed.wait(lock, [this] { return m_over; });
    lock.unlock();
    for (const auto &place : m_places)
    {
        place->thread.join();
    }
    return !m_was_cut;
}

void Scheduler::begin(Place &place, const Step &step)
{
    std::unique_lock<std::mutex> lock(m_mutex);
    const auto is_free = [&] { return !place.at_step || place.is_killed; };
    if (!descent().is_aside())
    {
        place.changed.wait_for(lock, kPatience, [&] { return place.aside == 0 || place.is_killed; });
    }
    place.changed.wait(lock, is_free);
    if (place.is_killed)
    {
        throw Killed();
    }
    place.step = step;
    place.at_step = true;
    if (m_current == place.index)
    {
        decide();
    }
    else
    {
        m_over_changed.notify_one(); // at the start
    }
    place.changed.wait(lock, [&] { return place.granted || place.is_killed; });
    if (place.is_killed)
    {
        throw Killed();
    }
    m_course.push_back({place.index, step.verb, step.key, step.changes});
    m_chooser.done(place.index, step);
}

void Scheduler::end(Place &place, std::uint64_t seen)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    place.history += mixed(digest(place.step.verb), seen); // its threads may have come in another order
    place.at_step = false;
    place.granted = false;
    for (const auto &other : m_places)
    {
        other->pauses = other->pauses && other->index == place.index;
    }
    place.changed.notify_all();
}

void Scheduler::ended(Place &place, Ending ending)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    ending.was_killed = place.is_killed;
    ending.has_slept = m_endings[place.index].has_slept;
    m_endings[place.index] = std::move(ending);
    if (!place.is_killed)
    {
        place.has_ended = true;
        decide();
    }
}

bool Scheduler::can_go(const Place &place) const
{
    return place.at_step && !place.has_ended && !place.is_asleep && !place.pauses &&
           m_folder.may_go(place.step, static_cast<int>(place.index));
}

std::vector<Choice> Scheduler::choices() const
{
    std::vector<Choice> all;
    const bool goes_on = m_current < m_places.size() && can_go(*m_places[m_current]);
    if (goes_on)
    {
        const Place &current = *m_places[m_current];
        all.push_back({Choice::What::Go, m_current, false});
        if (current.step.changes && m_writers[m_current].may_be_killed)
        {
            all.push_back({Choice::What::Kill, m_current, false});
        }
        if (!m_chooser.matters(current.step))
        {
            return all;
        }
        if (m_writers[m_current].may_sleep)
        {
            all.push_back({Choice::What::Sleep, m_current, false});
        }
    }
    for (const auto &place : m_places)
    {
        if (place->index != m_current && can_go(*place))
        {
            all.push_back({Choice::What::Go, place->index, goes_on});
        }
    }
    const bool only_pauses = all.empty();
    for (const auto &place : m_places)
    {
        if (!place->has_ended && (place->is_asleep || (only_pauses && place->pauses)))
        {
            all.push_back({Choice::What::Go, place->index, goes_on});
        }
    }
    return all;
}

void Scheduler::decide()
{
    while (!m_over)
    {
        const std::vector<Choice> all = choices();
        if (all.empty() || m_course.size() > kMostSteps)
        {
            const bool all_ended =
                std::all_of(m_places.begin(), m_places.end(), [](const auto &place) { return place->has_ended; });
            give_up(all_ended ? "" : all.empty() ? "all wait for each other" : "there is no end");
            return;
        }
        const auto taken = all.size() == 1 ? 0 : m_chooser.choose(all, [this] { return state(); });
        if (!taken)
        {
            m_was_cut = true;
            give_up("");
            return;
        }
        const Choice &choice = all[*taken];
        switch (choice.what)
        {
        case Choice::What::Go:
            go(choice.writer);
            return;
        case Choice::What::Sleep:
            sleep(choice.writer);
            break;
        case Choice::What::Kill:
            m_course.push_back({choice.writer, "killed before", m_places[choice.writer]->step.key});
            kill(*m_places[choice.writer]);
            break;
        }
    }
}

void Scheduler::go(std::size_t writer)
{
    Place &place = *m_places[writer];
    if (std::exchange(place.is_asleep, false))
    {
        m_course.push_back({writer, "wakes", ""});
        ++place.wakings;
        place.aside += place.waiting;
    }
    place.pauses = false;
    m_current = writer;
    place.granted = true;
    place.changed.notify_all();
}

void Scheduler::sleep(std::size_t writer)
{
    m_course.push_back({writer, "sleeps", ""});
    m_places[writer]->is_asleep = true;
    m_endings[writer].has_slept = true;
    m_folder.jump(kSleep,
                  [this](int other)
                  {
                      return other >= 0 && other < static_cast<int>(m_places.size()) && !m_places[other]->is_asleep &&
                             !m_places[other]->has_ended;
                  });
}

void Scheduler::kill(Place &place)
{
    place.is_killed = true;
    place.has_ended = true;
    m_folder.let_go_all(static_cast<int>(place.index));
    place.changed.notify_all();
}

void Scheduler::give_up(const std::string &failure)
{
    m_failure = failure;
    for (const auto &place : m_places)
    {
        if (!place->has_ended)
        {
            kill(*place);
        }
    }
    m_over = true;
    m_over_changed.notify_one();
}

std::uint64_t Scheduler::state() const
{
    std::uint64_t hash = mixed(m_folder.state(), m_current);
    for (const auto &place : m_places)
    {
        const std::uint64_t flags = (place->has_ended ? 1U : 0U) | (place->is_killed ? 2U : 0U) |
                                    (place->is_asleep ? 4U : 0U) | (place->pauses ? 8U : 0U);
        hash = mixed(mixed(hash, place->history), flags);
    }
    return hash;
}

Scheduler::Descent &Scheduler::descent()
{
    thread_local Descent descent;
    return descent;
}

void Scheduler::begins(const Descent &thread)
{
    if (thread.is_aside())
    {
        const std::lock_guard<std::mutex> lock(thread.place->scheduler().m_mutex);
        ++thread.place->aside;
    }
}

void Scheduler::ends(const Descent &thread)
{
    if (thread.place == nullptr)
    {
        return;
    }
    Place &place = *thread.place;
    const std::lock_guard<std::mutex> lock(place.scheduler().m_mutex);
    place.waiting -= thread.waits_long ? 1 : 0;
    place.aside -= thread.is_aside() || (thread.waits_long && thread.wakings != place.wakings) ? 1 : 0;
    place.changed.notify_all();
}

double Scheduler::clock(const Place &place)
{
    const std::lock_guard<std::mutex> lock(place.scheduler().m_mutex);
    return place.scheduler().m_folder.clock;
}

bool Scheduler::has_slept()
{
    Descent &thread = descent();
    Place &place = *thread.place;
    const std::lock_guard<std::mutex> lock(place.scheduler().m_mutex);
    if (!std::exchange(thread.waits_long, true))
    {
        ++place.waiting;
        thread.wakings = place.wakings;
    }
    if (thread.is_aside())
    {
        thread.depth = 1;
        --place.aside;
        place.changed.notify_all();
    }
    const bool is_new = thread.wakings != place.wakings;
    if (is_new)
    {
        thread.wakings = place.wakings;
        thread.depth = 2; // it is counted already
    }
    return is_new;
}

void Scheduler::pause()
{
    if (Place *place = descent().place)
    {
        const std::lock_guard<std::mutex> lock(place->scheduler().m_mutex);
        place->pauses = true;
    }
}

std::uint32_t Scheduler::draw()
{
    static std::minstd_rand alone;
    Place *place = descent().place;
    if (place == nullptr)
    {
        return static_cast<std::uint32_t>(alone());
    }
    constexpr unsigned kBits = 24;
    Scheduler &scheduler = place->scheduler();
    const std::lock_guard<std::mutex> lock(scheduler.m_mutex);
    const std::size_t rank = scheduler.m_last_is_first ? scheduler.m_places.size() - place->index : place->index + 1;
    const auto number = static_cast<std::uint32_t>(place->random());
    return static_cast<std::uint32_t>(rank << kBits) | (number & ((1U << kBits) - 1));
}

std::string Scheduler::trace() const
{
    std::string text;
    for (std::size_t first = 0; first < m_course.size();)
    {
        std::size_t last = first;
        while (last + 1 < m_course.size() && m_course[last + 1].writer == m_course[first].writer)
        {
            ++last;
        }
        text += "  " + m_writers[m_course[first].writer].name + ":";
        for (std::size_t index = first; index <= last; ++index)
        {
            text += (index == first ? " " : "; ") + m_course[index].what + ' ' + m_course[index].key;
        }
        text += '\n';
        first = last + 1;
    }
    return text;
}

} // namespace tiledir::explorer
