package logs

// The values of LogGroup.logGroupClass.
const (
	classStandard = "STANDARD"
	classDelivery = "DELIVERY"
	// deliveryRetention is the retention of groups of the class DELIVERY, in days; nothing changes it.
	deliveryRetention = 1
)
