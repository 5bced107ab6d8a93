// Who chooses the order of steps: one order after the other, or one at random.
#pragma once

#include "autotest/explorer/scheduler.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace tiledir::explorer
{

/// What may still happen in a schedule.
struct Budget
{
    int preemptions = 0;
    int kills = 0;
    int sleeps = 0;

    bool allows(const Choice &choice) const;
    void take(const Choice &choice);
};

/// Knows which keys several writers use, and one of them changes. Grows from schedule to schedule.
class SharedKeys
{
public:
    bool has(const Step &step) const;
    void note(std::size_t writer, const Step &step);
    std::size_t size() const { return m_shared.size(); }

private:
    struct Users
    {
        std::set<std::size_t> all;
        bool changed = false;
    };
    void note(std::size_t writer, const std::string &key, bool changes);

    std::map<std::string, Users> m_users;
    std::set<std::string> m_shared;
};

/// Goes through all orders that a budget allows, those that are left in any order, so that a part of them is spread
/// over all. What leads to where another order has been is cut short.
class InOrder : public Chooser
{
public:
    InOrder(SharedKeys &keys, const Budget &budget)
        : m_keys(keys)
        , m_budget(budget)
        , m_left(budget)
    {
    }

    /// Before each schedule but the first: false where there is none left.
    bool next();
    /// Was the schedule another one than planned, because threads of one writer came in another order?
    bool has_strayed() const { return m_has_strayed; }

    std::optional<std::size_t> choose(const std::vector<Choice> &choices,
                                      const std::function<std::uint64_t()> &state) override;
    bool matters(const Step &step) const override { return m_left.preemptions > 0 && m_keys.has(step); }
    void done(std::size_t writer, const Step &step) override { m_keys.note(writer, step); }

private:
    /// What was chosen where the budget allows more than one thing.
    using Path = std::vector<unsigned char>;
    struct Branch
    {
        Path path;
        std::uint64_t state = 0; ///< where it leaves another one
    };

    /// Has nobody been there who could do as much from there?
    bool is_new(std::uint64_t state);
    void branch(std::size_t choices, std::uint64_t state);

    SharedKeys &m_keys;
    const Budget m_budget;
    Budget m_left;
    Branch m_branch; ///< to be followed
    Path m_path;     ///< so far
    bool m_has_strayed = false;
    std::vector<Branch> m_branches;                   ///< left to follow
    std::unordered_map<std::uint64_t, int> m_visited; ///< by state: preemptions that were left
    std::minstd_rand m_random;
};

/// Any order, without a limit to preemptions.
class AtRandom : public Chooser
{
public:
    AtRandom(SharedKeys &keys, const Budget &budget, unsigned seed)
        : m_keys(keys)
        , m_left(budget)
        , m_random(seed * 7919U + 1U)
        , m_seldom(kSeldom[seed % kSeldom.size()])
    {
    }

    std::optional<std::size_t> choose(const std::vector<Choice> &choices,
                                      const std::function<std::uint64_t()> &state) override;
    bool matters(const Step &) const override { return true; }
    void done(std::size_t writer, const Step &step) override { m_keys.note(writer, step); }

private:
    SharedKeys &m_keys;
    /// One step in so many is followed by something else.
    static constexpr std::array<unsigned, 3> kSeldom{4, 16, 48};

    Budget m_left;
    std::minstd_rand m_random;
    const unsigned m_seldom;
};

} // namespace tiledir::explorer
