#include "autotest/explorer/choosers.h"

#include <algorithm>

namespace tiledir::explorer
{

bool Budget::allows(const Choice &choice) const
{
    switch (choice.what)
    {
    case Choice::What::Kill:
        return kills > 0;
    case Choice::What::Sleep:
        return sleeps > 0;
    case Choice::What::Go:
        break;
    }
    return !choice.preempts || preemptions > 0;
}

void Budget::take(const Choice &choice)
{
    kills -= choice.what == Choice::What::Kill ? 1 : 0;
    sleeps -= choice.what == Choice::What::Sleep ? 1 : 0;
    preemptions -= choice.what == Choice::What::Go && choice.preempts ? 1 : 0;
}

namespace
{

std::string folder_of(const std::string &key)
{
    return key.substr(0, key.rfind('/') + 1);
}

} // namespace

bool SharedKeys::has(const Step &step) const
{
    return m_shared.count(step.key) > 0 || (step.changes && m_shared.count(folder_of(step.key)) > 0);
}

void SharedKeys::note(std::size_t writer, const Step &step)
{
    note(writer, step.key, step.changes || step.needs_lock);
    if (step.changes)
    {
        note(writer, folder_of(step.key), true); // a listing tells
    }
}

void SharedKeys::note(std::size_t writer, const std::string &key, bool changes)
{
    Users &users = m_users[key];
    users.all.insert(writer);
    users.changed = users.changed || changes;
    if (users.changed && users.all.size() > 1)
    {
        m_shared.insert(key);
    }
}

void InOrder::begin()
{
    m_depth = 0;
    m_left = m_budget;
    m_has_strayed = false;
}

bool InOrder::next()
{
    while (!m_path.empty() && m_path.back().taken + 1 >= m_path.back().choices)
    {
        m_path.pop_back();
    }
    if (m_path.empty())
    {
        return false;
    }
    ++m_path.back().taken;
    return true;
}

std::optional<std::size_t> InOrder::choose(const std::vector<Choice> &choices,
                                           const std::function<std::uint64_t()> &state)
{
    std::vector<std::size_t> allowed;
    for (std::size_t index = 0; index < choices.size(); ++index)
    {
        if (m_left.allows(choices[index]))
        {
            allowed.push_back(index);
        }
    }
    std::size_t taken = 0;
    if (allowed.size() > 1)
    {
        const std::uint64_t key =
            mixed(state(), static_cast<std::uint64_t>(m_left.kills) << 8U | static_cast<unsigned>(m_left.sleeps));
        if (m_depth < m_path.size())
        {
            m_has_strayed = m_has_strayed || m_path[m_depth].state != key;
            taken = std::min(m_path[m_depth].taken, allowed.size() - 1);
        }
        else
        {
            const auto [visited, is_new] = m_visited.try_emplace(key, m_left.preemptions);
            if (!is_new && visited->second >= m_left.preemptions)
            {
                return std::nullopt;
            }
            visited->second = m_left.preemptions;
            m_path.push_back({allowed.size(), key});
        }
        ++m_depth;
    }
    m_left.take(choices[allowed[taken]]);
    return allowed[taken];
}

std::optional<std::size_t> AtRandom::choose(const std::vector<Choice> &choices,
                                            const std::function<std::uint64_t()> & /*state*/)
{
    constexpr unsigned kSeldom = 8; ///< one step in so many is followed by something else
    std::vector<std::size_t> allowed;
    for (std::size_t index = 0; index < choices.size(); ++index)
    {
        if (choices[index].what == Choice::What::Go || m_left.allows(choices[index]))
        {
            allowed.push_back(index);
        }
    }
    const bool goes_on = choices.front().what == Choice::What::Go && !choices.front().preempts;
    const std::size_t taken = goes_on && m_random() / 16 % kSeldom != 0 ? 0 : m_random() / 16 % allowed.size();
    m_left.take(choices[allowed[taken]]);
    return allowed[taken];
}

} // namespace tiledir::explorer
