// The one hierarchy of errors. Thrown inside, turned into CPLError at GDAL's edge and into one line on stderr
// and an exit code at the command's edge.
#pragma once

#include <exception>
#include <functional>
#include <string>

namespace tiledir
{

/// What kind of failure it is, for those who decide what to do about it.
enum class ErrorKind
{
    Other,
    Absent,  ///< there is no such file or object
    Passing, ///< of a network or a server that is busy: it may do when tried again
    Refused, ///< a server or the system does not let this user in
    Full     ///< there is no room left
};

/// What failed, in one line: the thing, what is wrong with it, what would be right. Whoever passes it on may say where
/// it was: catch (Error &error) { error.at(path); throw; }
class Error : public std::exception
{
public:
    explicit Error(std::string what);
    /// "PATH: WHAT". `path`: of a file or an object, as GDAL opens it.
    Error(std::string path, const std::string &what);

    const char *what() const noexcept override { return m_line.c_str(); }
    /// Empty where it has not been said.
    const std::string &path() const { return m_path; }
    /// The line without the path in front.
    const std::string &text() const { return m_text; }
    ErrorKind kind() const { return m_kind; }
    /// That a server has answered with; 0: none.
    int http_status() const { return m_http_status; }

    /// Says where, unless that was said before.
    void at(const std::string &path);
    /// Puts what it was about in front, whatever was said before: "LABEL: LINE".
    void under(const std::string &label);
    void set_kind(ErrorKind kind, int http_status = 0);
    /// Each part as `spell` has it.
    void respell(const std::function<std::string(const std::string &)> &spell);

private:
    std::string m_path;
    std::string m_text;
    std::string m_line;
    ErrorKind m_kind = ErrorKind::Other;
    int m_http_status = 0;
};

/// Something the user gave is wrong (recipe, option, grid, item, input file): nothing was changed.
class InputError : public Error
{
public:
    using Error::Error;
};

/// Does the work. Of an InputError that comes of it, says under which label it was.
template <class Work> auto labelled(const std::string &label, Work &&work)
{
    try
    {
        return work();
    }
    catch (InputError &error)
    {
        error.under(label);
        throw;
    }
}

/// One tile or document could not be read, made or understood; others may still be fine. Names the path.
class TileError : public Error
{
public:
    using Error::Error;
};

/// The store itself refuses (disk full, no permission, endpoint down): no tile would fare better.
class StoreError : public Error
{
public:
    using Error::Error;
    /// Another error's failure, where no other tile would fare better.
    explicit StoreError(const Error &error)
        : Error(error)
    {
    }
};

/// The caller wanted no more of it: what is done stays, the rest is not made.
class Interrupted : public Error
{
public:
    using Error::Error;
};

} // namespace tiledir
