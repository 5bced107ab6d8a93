// The folder in which a dataset is made.
#pragma once

#include <string>

namespace tiledir::driver
{

/// What lies in it is taken away again where the dataset does not come to be.
class CreationTarget
{
public:
    /// From a name as GDAL is given it: a folder, a URL or TILEDIR: before one of them. Throws InputError where it is a
    /// file or holds anything.
    explicit CreationTarget(const std::string &name);
    ~CreationTarget();
    CreationTarget(const CreationTarget &) = delete;
    CreationTarget &operator=(const CreationTarget &) = delete;

    const std::string &folder() const { return m_folder; }
    /// Its last part.
    std::string name() const;
    /// All is written.
    void keep() { m_keep = true; }

private:
    std::string m_folder; ///< without a '/' at its end
    bool m_was_there = false;
    bool m_keep = false;
};

} // namespace tiledir::driver
