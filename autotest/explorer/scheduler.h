// Lets writers take their steps one at a time, in an order that somebody chooses.
#pragma once

#include "autotest/explorer/memory_folder.h"
#include "autotest/explorer/turns.h"
#include "driver/store/store.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace tiledir::explorer
{

/// Opens the folder as the writer sees it.
using OpenFolder = std::function<std::unique_ptr<store::Store>()>;

struct Writer
{
    std::string name;
    /// What it does, from its first step to its end.
    std::function<void(const OpenFolder &open)> work;
    bool may_be_killed = false;
    bool may_sleep = false;
};

/// How a writer has ended.
struct Ending
{
    bool was_killed = false;
    bool has_slept = false;
    std::string thrown; ///< what() of an exception that is none of a kill
};

/// What has happened in a schedule.
struct Happened
{
    std::size_t writer = 0;
    std::string what; ///< a step's verb, or "killed before", "sleeps", "wakes"
    std::string key;
    bool changes = false;
};

/// What may happen next.
struct Choice
{
    enum class What
    {
        Go,
        Kill,
        Sleep
    };
    What what = What::Go;
    std::size_t writer = 0;
    bool preempts = false; ///< another one, that could go on
};

/// Chooses what happens where more than one thing may.
class Chooser
{
public:
    virtual ~Chooser() = default;
    /// `state`: a digest of all that what follows depends on, but for the choices. Nullopt: nothing is learnt by going
    /// on.
    virtual std::optional<std::size_t> choose(const std::vector<Choice> &choices,
                                              const std::function<std::uint64_t()> &state) = 0;
    /// Can it make a difference whether others do something before this step?
    virtual bool matters(const Step &step) const = 0;
    /// Told of each step that was done.
    virtual void done(std::size_t writer, const Step &step) = 0;
};

/// One schedule: the writers' threads run one at a time, from one step to the next.
class Scheduler
{
public:
    /// `last_is_first`: the random names of a later writer sort before those of an earlier one.
    Scheduler(MemoryFolder &folder, std::vector<Writer> writers, Chooser &chooser, bool last_is_first);
    ~Scheduler();
    Scheduler(const Scheduler &) = delete;
    Scheduler &operator=(const Scheduler &) = delete;

    /// False where the chooser has ended it. What went wrong with the order itself is in failure().
    bool run();

    const std::vector<Ending> &endings() const { return m_endings; }
    const std::string &failure() const { return m_failure; }
    const std::vector<Happened> &course() const { return m_course; }
    /// Who did what, a line for each time that another one went on.
    std::string trace() const;

    class Place;
    /// Whose thread this is, and how many threads lie between it and the writer's own.
    struct Descent
    {
        Place *place = nullptr; ///< null: no writer's
        int depth = 0;
        bool waits_long = false; ///< now and then
        int wakings = 0;         ///< of its writer that it has seen
        /// Does it go on beside the thread that does the writer's steps? Then its own come first, whatever time it
        /// takes.
        bool is_aside() const { return place != nullptr && depth > 1; }
    };
    static Descent &descent();
    /// A thread is about to start, or about to end.
    static void begins(const Descent &thread);
    static void ends(const Descent &thread);

    /// The folder's clock, seconds.
    static double clock(const Place &place);
    /// This thread waits for so long that only a writer that has slept sees the end of it. True: it has, and the thread
    /// goes on beside the one that does the writer's steps, until it waits again.
    static bool has_slept();

    /// The writer of this thread has lost a race, and lets others go on.
    static void pause();
    /// A number that is the same whenever the writer of this thread has drawn as many; it tells the writers' order.
    static std::uint32_t draw();

private:
    void begin(Place &place, const Step &step);
    void end(Place &place, std::uint64_t seen);
    void ended(Place &place, Ending ending);
    void decide();
    std::vector<Choice> choices() const;
    bool can_go(const Place &place) const;
    void go(std::size_t writer);
    void sleep(std::size_t writer);
    void kill(Place &place);
    void give_up(const std::string &failure);
    std::uint64_t state() const;

    MemoryFolder &m_folder;
    const std::vector<Writer> m_writers;
    Chooser &m_chooser;
    const bool m_last_is_first;
    std::vector<std::unique_ptr<Place>> m_places;
    std::vector<Ending> m_endings;
    mutable std::mutex m_mutex; ///< for what follows, and the folder's locks
    std::condition_variable m_over_changed;
    bool m_over = false;
    bool m_was_cut = false;
    std::string m_failure;
    std::size_t m_current; ///< whose turn it is; at the start nobody's
    std::vector<Happened> m_course;
};

} // namespace tiledir::explorer
