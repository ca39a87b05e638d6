package apidef

import "time"

// Date is a calendar day, UTC: the days since 1970-01-01.
type Date int32

const secondsOfDay = 24 * 60 * 60

// DateOf is the day of a time.
func DateOf(t time.Time) Date {
	s := t.Unix()
	if s < 0 {
		s -= secondsOfDay - 1
	}
	return Date(s / secondsOfDay)
}

// Time is the day's first moment.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsOfDay, 0).UTC() }

// String is the form of GetUsage, "2016-08-01".
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// ParseDate reads the form of String.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	return DateOf(t), err
}

// QuotaPeriod gives the first and the last day of the quota period that holds a day: the day itself, its week from Sunday,
// or its month. Any other period is the day itself. That weeks start on Sundays and periods in UTC is inferred.
func QuotaPeriod(period string, d Date) (first, last Date) {
	switch period {
	case Week:
		first = d - Date(d.Time().Weekday())
		return first, first + 6
	case Month:
		t := d.Time()
		first = d - Date(t.Day()-1)
		return first, DateOf(t.AddDate(0, 1, 1-t.Day())) - 1
	}
	return d, d
}
